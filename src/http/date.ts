let date: string | undefined;

/** Returns the date of this second, as every answer has it. It is the same string until the second is over. */
export function dateOfThisSecond(): string {
  if (date === undefined) {
    const now = new Date();
    date = now.toUTCString();
    setTimeout(() => {
      date = undefined;
    }, 1000 - now.getMilliseconds()).unref();
  }
  return date;
}
