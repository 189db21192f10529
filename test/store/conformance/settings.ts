import { expect, it } from "vitest";
import { type OpenStore, useStore } from "./fixture.ts";

/** What every `SettingStore` does. */
export function describeSettingStore(open: OpenStore): void {
  const current = useStore(open);

  it("a setting that nobody has claimed is undefined", async () => {
    expect(await current.store.settings.readSetting("admin-token")).toBeUndefined();
  });

  it("a setting is claimed once, and stays what it was claimed as", async () => {
    expect(await current.store.settings.claimSetting("admin-token", "first")).toBe(true);
    expect(await current.store.settings.claimSetting("admin-token", "second")).toBe(false);
    expect(await current.store.settings.readSetting("admin-token")).toBe("first");
    await current.reopen();
    expect(await current.store.settings.claimSetting("admin-token", "third")).toBe(false);
    expect(await current.store.settings.readSetting("admin-token")).toBe("first");
  });

  it("of several claims at once, one wins", async () => {
    const values = ["a", "b", "c", "d"];
    const won = await Promise.all(values.map((value) => current.store.settings.claimSetting("__proto__", value)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await current.store.settings.readSetting("__proto__")).toBe(values[won.indexOf(true)]);
  });

  it("settings are apart, and may be empty", async () => {
    expect(await current.store.settings.claimSetting("one", "")).toBe(true);
    expect(await current.store.settings.claimSetting("two", "2")).toBe(true);
    expect(await current.store.settings.readSetting("one")).toBe("");
  });

  it("a setting can be replaced, whether it was set or not", async () => {
    await current.store.settings.claimSetting("admin-token", "first");
    await current.store.settings.replaceSetting("admin-token", "second");
    await current.store.settings.replaceSetting("other", "1");
    await current.reopen();
    expect(await current.store.settings.readSetting("admin-token")).toBe("second");
    expect(await current.store.settings.readSetting("other")).toBe("1");
  });
}
