/** A field that two versions of a widget have differently, in words. */
export interface Difference {
  /** Names the field among those of a widget. */
  readonly key: string;
  readonly label: string;
  /** Empty when there was nothing. */
  readonly before: string;
  /** Empty when there is nothing. */
  readonly after: string;
}
