import { bare } from "../../../web/src/environment.ts";

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
export const TEXTS: Readonly<Record<string, Texts>> = bare({
  en: texts("day streak", "Keep your streak going!", "Start today!", "{} left", "Best: {}"),
  de: texts("{} in Folge", "Bleib dran!", "Leg heute los!", "Noch {}", "Rekord: {}"),
  fr: texts("{} d’affilée", "Continuez !", "Commencez !", "Encore {}", "Record : {}"),
  es: texts("{} de racha", "¡Sigue así!", "¡Empieza hoy!", "Pendiente: {}", "Récord: {}"),
  pt: texts("{} em sequência", "Continue assim!", "Comece hoje!", "Restante: {}", "Recorde: {}"),
  it: texts("{} di fila", "Continua così!", "Inizia oggi!", "Ancora {}", "Record: {}"),
  nl: texts("{} op rij", "Houd vol!", "Begin vandaag!", "Nog {}", "Record: {}"),
  ja: texts("{}連続", "この調子！", "今日から始めよう！", "残り{}", "最高：{}"),
  zh: texts("{}连续打卡", "继续保持！", "今天开始！", "还剩{}", "最佳：{}"),
  ar: texts("{} على التوالي", "واصل!", "ابدأ اليوم!", "بقي {}", "الأفضل: {}"),
});
