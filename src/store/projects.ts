import type { Project, ProjectChange } from "../domain/project.ts";

/** The projects. */
export interface ProjectStore {
  /** Adds a project. Returns false, and changes nothing, when its `siteKey` is taken. */
  createProject(project: Project): Promise<boolean>;
  /** Returns the project with this `siteKey`. */
  readProject(siteKey: string): Promise<Project | undefined>;
  /** Returns the first `limit` projects whose `siteKey` is greater than `after`, in code unit order of `siteKey`. */
  listProjects(after: string, limit: number): Promise<Project[]>;
  /** Changes the given fields at once. Returns the changed project, or undefined when there is none. */
  updateProject(siteKey: string, change: ProjectChange): Promise<Project | undefined>;
  /**
   * Removes a project, then everything recorded for it. Returns false when there is nothing to remove.
   *
   * A rejection may leave the removal unfinished. Calling it again goes on with the rest, and so does the store by
   * itself, when it is opened again or sooner.
   */
  deleteProject(siteKey: string): Promise<boolean>;
}
