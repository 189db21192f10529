/**
 * How many times longer than in the gate the fault tests go on: 1 in the gate, where each does as much as shows the
 * property. `npm run soak` sets it, since more rounds find what happens rarely.
 */
export const SOAK = Number(process.env.SOAK || 1);
