/**
 * What the widget says by itself in a language, beside what Intl says: weekdays, "today", units. `{}` stands for what is
 * filled in.
 */
export interface Texts {
  /** Under the number of a continuous streak: the word for its days, which Intl inflects. */
  readonly streak: string;
  /** The message of a project that has none of its own; the second of a streak without a day. */
  readonly keep: string;
  readonly start: string;
  /** How much time is left today, or how many days to the next milestone. */
  readonly left: string;
  /** The longest streak. */
  readonly best: string;
}

function texts(streak: string, keep: string, start: string, left: string, best: string): Texts {
  return { streak, keep, start, left, best };
}

/** The texts by language. */
export const TEXTS: ReadonlyMap<string, Texts> = new Map([
  ["en", texts("day streak", "Keep your streak going!", "Start your streak today!", "{} left", "Best: {}")],
  ["de", texts("{} in Folge", "Bleib dran!", "Starte heute deine Serie!", "Noch {}", "Rekord: {}")],
  ["fr", texts("{} d’affilée", "Continuez votre série !", "Commencez une série !", "Encore {}", "Record : {}")],
  ["es", texts("{} de racha", "¡Mantén tu racha!", "¡Empieza hoy tu racha!", "Pendiente: {}", "Récord: {}")],
  [
    "pt",
    texts("{} em sequência", "Mantenha sua sequência!", "Comece hoje sua sequência!", "Restante: {}", "Recorde: {}"),
  ],
  ["it", texts("{} di fila", "Continua la tua serie!", "Inizia oggi la tua serie!", "Ancora {}", "Record: {}")],
  ["nl", texts("{} op rij", "Houd je reeks vol!", "Begin vandaag je reeks!", "Nog {}", "Record: {}")],
  ["ja", texts("{}連続", "連続記録を続けよう！", "今日から始めよう！", "残り{}", "最高：{}")],
  ["zh", texts("{}连续打卡", "继续保持！", "从今天开始打卡！", "还剩{}", "最佳：{}")],
  ["ar", texts("{} على التوالي", "حافظ على سلسلتك!", "ابدأ سلسلتك اليوم!", "بقي {}", "الأفضل: {}")],
]);
