import { StartError } from "../errors.ts";
import type { Subcommand } from "./subcommand.ts";

/** Makes a new admin token. */
export const token: Subcommand = {
  name: "token",
  summary: "make a new admin token, which takes the place of the old one; stop an embedded server first",
  failure: "The admin token can't be made",
  async run(config) {
    if (config.adminToken !== undefined) {
      throw new StartError(
        "ADMIN_TOKEN is set, and while it is, no other token counts. Change ADMIN_TOKEN itself, or unset it first.",
      );
    }
    const [{ resetAdminToken }, { openStores }] = await Promise.all([
      import("../first-start.ts"),
      import("../open-stores.ts"),
    ]);
    const stores = await openStores(config, { info() {}, warn: (_, message) => console.error(message) });
    try {
      const { adminToken, adminTokenFile } = await resetAdminToken(stores, config.dataDir);
      if (process.stdout.isTTY) {
        process.stdout.write(`${adminToken}\n`);
      }
      process.stdout.write(`The new admin token is in ${adminTokenFile}, which only you can read.\n`);
      if (config.mongodbUri !== undefined) {
        process.stdout.write("Restart every instance: those that run still know the old one.\n");
      }
    } finally {
      await stores.close();
    }
  },
};
