/** What the widget says by itself in a language. `{}` stands for what is filled in. */
export interface Texts {
  /** The widget's name, for screen readers. */
  readonly name: string;
  /** Under the number of a continuous streak and of a cumulative one: the word for its days, which Intl inflects. */
  readonly streak: string;
  readonly total: string;
  /** The message of a project that has none of its own: continuous, cumulative, and without a day. */
  readonly keep: string;
  readonly more: string;
  readonly start: string;
  /** Today is done. */
  readonly today: string;
  /** How much time is left today, or how many days to the next milestone. */
  readonly left: string;
  /** The longest streak. */
  readonly best: string;
  /** A day that is done and a milestone that is reached, for screen readers. */
  readonly done: string;
}

function texts(
  name: string,
  streak: string,
  total: string,
  keep: string,
  more: string,
  start: string,
  today: string,
  left: string,
  best: string,
  done: string,
): Texts {
  return { name, streak, total, keep, more, start, today, left, best, done };
}

/** The texts by language. */
export const TEXTS: ReadonlyMap<string, Texts> = new Map([
  [
    "en",
    texts(
      "Streak",
      "day streak",
      "{} in total",
      "Keep your streak going!",
      "Every day counts!",
      "Start your streak today!",
      "Today is done",
      "{} left",
      "Best: {}",
      "done",
    ),
  ],
  [
    "de",
    texts(
      "Serie",
      "{} in Folge",
      "{} insgesamt",
      "Bleib dran!",
      "Jeder Tag zählt!",
      "Starte heute deine Serie!",
      "Heute geschafft",
      "Noch {}",
      "Rekord: {}",
      "geschafft",
    ),
  ],
  [
    "fr",
    texts(
      "Série",
      "{} d’affilée",
      "{} au total",
      "Continuez votre série !",
      "Chaque jour compte !",
      "Commencez une série !",
      "Fait pour aujourd’hui",
      "Encore {}",
      "Record : {}",
      "fait",
    ),
  ],
  [
    "es",
    texts(
      "Racha",
      "{} de racha",
      "{} en total",
      "¡Mantén tu racha!",
      "¡Cada día cuenta!",
      "¡Empieza hoy tu racha!",
      "Hoy está hecho",
      "Pendiente: {}",
      "Récord: {}",
      "hecho",
    ),
  ],
  [
    "pt",
    texts(
      "Sequência",
      "{} em sequência",
      "{} no total",
      "Mantenha sua sequência!",
      "Cada dia conta!",
      "Comece hoje sua sequência!",
      "Hoje está feito",
      "Restante: {}",
      "Recorde: {}",
      "feito",
    ),
  ],
  [
    "it",
    texts(
      "Serie",
      "{} di fila",
      "{} in totale",
      "Continua la tua serie!",
      "Ogni giorno conta!",
      "Inizia oggi la tua serie!",
      "Oggi è fatta",
      "Ancora {}",
      "Record: {}",
      "fatto",
    ),
  ],
  [
    "nl",
    texts(
      "Reeks",
      "{} op rij",
      "{} in totaal",
      "Houd je reeks vol!",
      "Elke dag telt!",
      "Begin vandaag je reeks!",
      "Vandaag is gedaan",
      "Nog {}",
      "Record: {}",
      "gedaan",
    ),
  ],
  [
    "ja",
    texts(
      "連続記録",
      "{}連続",
      "{}（合計）",
      "連続記録を続けよう！",
      "一日一日が大切です！",
      "今日から始めよう！",
      "今日は達成済み",
      "残り{}",
      "最高：{}",
      "達成",
    ),
  ],
  [
    "zh",
    texts(
      "连续打卡",
      "{}连续打卡",
      "{}累计打卡",
      "继续保持！",
      "每一天都算数！",
      "从今天开始打卡！",
      "今天已完成",
      "还剩{}",
      "最佳：{}",
      "完成",
    ),
  ],
  [
    "ar",
    texts(
      "السلسلة",
      "{} على التوالي",
      "{} في المجموع",
      "حافظ على سلسلتك!",
      "كل يوم مهم!",
      "ابدأ سلسلتك اليوم!",
      "تم اليوم",
      "بقي {}",
      "الأفضل: {}",
      "تم",
    ),
  ],
]);
