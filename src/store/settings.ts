/** Values of the installation, such as the hash of its admin token. Most are written once. */
export interface SettingStore {
  /** Returns the value of a setting, or undefined while it is not set. */
  readSetting(name: string): Promise<string | undefined>;
  /** Sets a value unless it is set. Returns whether this call has set it. */
  claimSetting(name: string, value: string): Promise<boolean>;
  /** Sets a value, whatever it was before. */
  replaceSetting(name: string, value: string): Promise<void>;
}
