import { CONTENDERS, type Contender } from "./contenders.ts";
import { SCENARIOS, type Scenario } from "./load/load.ts";

/** The connections that scenarios are measured at, each at some of them. */
const CONNECTIONS = [1, 64, 256];

/** A line of the table: one contender, one scenario, so many connections. */
export interface Row {
  readonly contender: Contender;
  readonly scenario: Scenario;
  readonly connections: number;
  /** The line with whose numbers its own are divided. */
  readonly base?: Row;
}

/** What `--only` looks into, such as `streakd embedded, REST / unique / 64`. */
export function nameOf({ contender, scenario, connections }: Row): string {
  return `${contender.name} / ${scenario} / ${connections}`;
}

/**
 * The lines to measure, those beside each other that are compared: by scenario, by connections, by contender.
 *
 * @param only keeps the lines whose name it finds, and their bases
 * @param connections replaces the connections that each scenario is measured at
 */
export function rowsFor(only: RegExp, connections: readonly number[] | undefined): Row[] {
  const rows: Row[] = [];
  for (const scenario of Object.keys(SCENARIOS) as Scenario[]) {
    for (const count of connections ?? CONNECTIONS) {
      for (const contender of CONTENDERS) {
        const counts = contender.scenarios[scenario];
        if (counts !== undefined && (connections ?? counts).includes(count)) {
          const base = rows.find((row) => isBase(row, contender, scenario, count));
          rows.push({ contender, scenario, connections: count, ...(base && { base }) });
        }
      }
    }
  }
  const wanted = new Set(rows.filter((row) => only.test(nameOf(row))).flatMap(withBases));
  return rows.filter((row) => wanted.has(row));
}

function isBase(row: Row, contender: Contender, scenario: Scenario, connections: number): boolean {
  return row.contender.name === contender.base && row.scenario === scenario && row.connections === connections;
}

function withBases(row: Row): Row[] {
  return row.base === undefined ? [row] : [...withBases(row.base), row];
}
