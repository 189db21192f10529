import type { Flood } from "./flood.ts";
import { bodies } from "./floods/bodies.ts";
import { connections } from "./floods/connections.ts";
import { http1 } from "./floods/http1.ts";
import { http2Control } from "./floods/http2-control.ts";
import { http2Requests } from "./floods/http2-requests.ts";
import { http2Uploads } from "./floods/http2-uploads.ts";

/** What every flood is compared with. */
export const NO_FLOOD: Flood = { name: "no flood", connections: 0, act() {} };

/** Every flood, in the order of the table. **To add a flood, add it to a file of `floods/`.** */
export const floods: readonly Flood[] = [
  ...connections,
  ...http1,
  ...bodies,
  ...http2Requests,
  ...http2Uploads,
  ...http2Control,
];
