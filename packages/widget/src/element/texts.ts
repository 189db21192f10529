/** What the widget says by itself in a language, beside what Intl says: weekdays, "today", "this week", units. */
export type Texts = readonly [
  /** Under the number of a continuous streak; `{}` is the word for its days, weeks or months, which Intl inflects. */
  streak: string,
  /** The message of a project that has none of its own. */
  keep: string,
  /** How much is left of today, of the period, or to the next milestone; `{}` stands for it. */
  left: string,
  /** Stands before the longest streak. */
  best: string,
  /** A day that is not needed. */
  rest: string,
  /** Stands before "today", where the streak has no day, and before "next week", in a week that has too few days left. */
  chance: string,
  /** A streak or a day that is paused. */
  paused: string,
  /** What one freeze or several have done. */
  saved: string,
];

/** The {@link Texts} by language, with a `|` between them: lists would cost a page more bytes. */
export const TEXTS: Readonly<Record<string, string>> = {
  en: "day streak|Keep your streak going!|{} left|Best: |rest day|Your chance: |Paused|Saved by ❄",
  de: "{} in Folge|Bleib dran!|Noch {}|Rekord: |Ruhetag|Deine Chance: |Pause|Gerettet durch ❄",
  nl: "{} op rij|Houd vol!|Nog {}|Record: |rustdag|Jouw kans: |Pauze|Gered door ❄",
  fr: "{} d’affilée|Continuez !|Encore {}|Record : |repos|Votre chance : |Pause|Sauvé par ❄",
  it: "{} di fila|Continua così!|Ancora {}|Record: |riposo|La tua chance: |Pausa|Salvato da ❄",
  es: "{} de racha|¡Sigue así!|Restante: {}|Récord: |descanso|Tu oportunidad: |Pausa|Salvado por ❄",
  pt: "{} em sequência|Continue assim!|Restante: {}|Recorde: |descanso|Sua chance: |Pausa|Salvo por ❄",
  ja: "{}連続|この調子！|残り{}|最高：|休み|チャンス：|休止中|❄で継続",
  zh: "{}连续打卡|继续保持！|还剩{}|最佳：|休息|机会：|已暂停|❄保住连续打卡",
  ar: "{} على التوالي|واصل!|بقي {}|الأفضل: |راحة|فرصتك: |معلق|أنقذه ❄",
};
