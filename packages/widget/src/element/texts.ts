/** What the widget says by itself in a language, beside what Intl says: weekdays, "today", "this week", units. */
export type Texts = readonly [
  /** Under the number of a continuous streak; `{}` is the word for its days, weeks or months, which Intl inflects. */
  streak: string,
  /** The message of a project that has none of its own; the second of a streak without a day. */
  keep: string,
  start: string,
  /** How much is left of today, of the period, or to the next milestone; `{}` stands for it. */
  left: string,
  /** Stands before the longest streak. */
  best: string,
  /** Stands between how many days are done and how many are needed. */
  of: string,
  /** A day that is not needed. */
  rest: string,
  /** Stands before "next week", in a week that has too few days left. */
  chance: string,
  /** A streak or a day that is paused. */
  paused: string,
  /** Stands after it, before the last day of the pause. */
  until: string,
  /** What one freeze or several have done. */
  saved: string,
];

/** The {@link Texts} by language, with a `|` between them: lists would cost a page more bytes. */
export const TEXTS: Readonly<Record<string, string>> = {
  en: "day streak|Keep your streak going!|Start today!|{} left|Best: |of|rest day|New chance: |Paused| until |❄ saved your streak",
  de: "{} in Folge|Bleib dran!|Starte heute!|Noch {}|Rekord: |von|Ruhetag|Neue Chance: |Pause| bis |Gerettet durch ❄",
  nl: "{} op rij|Houd vol!|Begin vandaag!|Nog {}|Record: |van|rustdag|Nieuwe kans: |Pauze| t/m |Gered door ❄",
  fr: "{} d’affilée|Continuez !|Commencez !|Encore {}|Record : |sur|repos|Nouvelle chance : |Pause| jusqu’au |Sauvé par ❄",
  it: "{} di fila|Continua così!|Inizia oggi!|Ancora {}|Record: |su|riposo|Nuova chance: |Pausa| fino al |Salvato da ❄",
  es: "{} de racha|¡Sigue así!|¡Empieza hoy!|Restante: {}|Récord: |de|descanso|Nueva oportunidad: |Pausa| hasta el |Salvado por ❄",
  pt: "{} em sequência|Continue assim!|Comece hoje!|Restante: {}|Recorde: |de|descanso|Nova chance: |Pausa| até |Salvo por ❄",
  ja: "{}連続|この調子！|始めよう！|残り{}|最高：|/|休み|再挑戦：|休止中|〜|❄で継続",
  zh: "{}连续打卡|继续保持！|今天开始！|还剩{}|最佳：|/|休息|新机会：|已暂停|至|❄保住连续打卡",
  ar: "{} على التوالي|واصل!|ابدأ اليوم!|بقي {}|الأفضل: |من|راحة|فرصة جديدة: |متوقف مؤقتًا| حتى |أنقذه ❄",
};
