/**
 * Whether calls can have a signal. None of the widget's has one: its build puts `false` in its place, and so leaves out what
 * only signals need.
 */
export const CAN_ABORT: boolean = true;
