import { DEFAULT_ANALYTICS, type Project, type ProjectChange, type SigningSecret } from "../domain/project.ts";

/**
 * Which project to change: the one that has this `siteKey`, if it is still the one with this `id`. Another project may
 * have taken the `siteKey` meanwhile.
 */
export type ProjectKey = Pick<Project, "siteKey" | "id">;

/** The projects. */
export interface ProjectStore {
  /** Adds a project. Returns false, and changes nothing, when its `siteKey` is taken. */
  createProject(project: Project): Promise<boolean>;
  /** Returns the project with this `siteKey`. */
  readProject(siteKey: string): Promise<Project | undefined>;
  /** Returns the first `limit` projects whose `siteKey` is greater than `after`, in code unit order of `siteKey`. */
  listProjects(after: string, limit: number): Promise<Project[]>;
  /**
   * Changes the given fields at once. Returns the changed project, or undefined when it is gone.
   *
   * @param expected makes the change only while the project has this `etag`, or none. Otherwise returns `changed`, and
   *   changes nothing
   */
  updateProject(
    key: ProjectKey,
    change: ProjectChange,
    expected?: Pick<Project, "etag">,
  ): Promise<Project | "changed" | undefined>;
  /**
   * Adds a signing secret. Returns `full`, and changes nothing, when the project has `MAX_SIGNING_SECRETS`. Adding a
   * secret with the same id again changes nothing. Returns undefined when the project is gone, also when another project
   * has its `siteKey` since.
   */
  addSigningSecret(
    project: Pick<Project, "id" | "siteKey">,
    secret: SigningSecret,
  ): Promise<"added" | "full" | undefined>;
  /** Removes a signing secret. Returns false when there is no such secret or project. */
  removeSigningSecret(siteKey: string, secretId: string): Promise<boolean>;
  /**
   * Removes a project, then everything recorded for it, and what is left of deleted projects with the same `siteKey`.
   * Returns false when there is nothing to remove. Without an `id`, it only removes what is left.
   *
   * A rejection may leave the removal unfinished. Calling it again goes on with the rest, and so does the store by
   * itself, when it is opened again or sooner.
   */
  deleteProject(key: Pick<ProjectKey, "siteKey"> & Partial<ProjectKey>): Promise<boolean>;
}

/** A project as a store keeps it. A project that was stored before a field existed lacks the field. */
export type StoredProject = Omit<Project, "signedUsers" | "signingSecrets" | "analytics" | "holidays" | "amnesties"> &
  Partial<Project>;

/** Returns a stored project with defaults for the fields that it lacks. */
export function completeProject(stored: StoredProject): Project {
  return {
    signedUsers: "never",
    signingSecrets: [],
    analytics: DEFAULT_ANALYTICS,
    holidays: [],
    amnesties: [],
    ...stored,
  };
}
