/** The numbers of a chart that belong together: the bars of one colour, or a line. */
export interface Series<Row> {
  readonly key: string;
  readonly title: string;
  readonly value: (row: Row) => number | undefined;
  readonly kind: "bar" | "line" | "area";
  /** A CSS colour; those of the design are `var(--chart-1)` and on. */
  readonly colour: string;
  /** Bars with the same stack stand on each other. */
  readonly stack?: string;
  /** The pattern of the line, so that lines differ by more than their colour. */
  readonly dash?: string;
}

/** What a chart shows. The same goes into its table. */
export interface Chart<Row> {
  readonly rows: readonly Row[];
  /** What the rows are, such as `Day`; the head of the table's first column. */
  readonly rowTitle: string;
  /** The row in full. */
  readonly rowName: (row: Row) => string;
  /** The row on the axis, when the name is too long for it. */
  readonly rowTick?: (row: Row) => string;
  readonly series: readonly Series<Row>[];
  /** A value in full, with its unit. */
  readonly format: (value: number) => string;
  /** A value on the axis. */
  readonly tick: (value: number) => string;
  /** The highest value of the axis; what the data need when not given. */
  readonly max?: number;
  /** How many of the rows are drawn; all when not given. The table has all. */
  readonly drawn?: number;
  /** What else the table has, and not the chart. */
  readonly extra?: readonly { readonly key: string; readonly title: string; readonly cell: (row: Row) => string }[];
}
