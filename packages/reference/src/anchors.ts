/**
 * Leaves links within the page to the browser. A library of the renderer would scroll to each for a second, also for people
 * who want no motion, and reads this when it is loaded.
 */
Object.assign(window, { noZensmooth: true });
