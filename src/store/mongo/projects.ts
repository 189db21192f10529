import type { Project } from "../../domain/project.ts";
import type { StreakStore } from "../streak-store.ts";
import type { Connection } from "./connection.ts";
import type { ProjectDocument } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import { untilDone } from "./retry.ts";

type ProjectMethods = "createProject" | "readProject" | "listProjects" | "updateProject";

/** The projects, each a document. */
export function createProjects(connection: Connection): Pick<StreakStore, ProjectMethods> {
  const { projects } = connection;

  async function read(siteKey: string): Promise<Project | undefined> {
    const document = await projects.findOne({ _id: siteKey });
    return document === null ? undefined : projectOf(document);
  }

  return {
    createProject: (project) =>
      connection.run(() =>
        untilDone(async () => {
          try {
            await projects.insertOne(documentOf(project));
            return true;
          } catch (error) {
            if (!isDuplicateKey(error)) {
              throw error;
            }
            // It is this one when an earlier try got through though its answer did not. One that is gone was deleted in
            // this moment.
            const taken = await read(project.siteKey);
            return taken && taken.id === project.id;
          }
        }),
      ),

    readProject: (siteKey) => connection.run(() => read(siteKey)),

    listProjects: (after, limit) =>
      connection.run(async () => {
        const found = await projects
          .find({ _id: { $gt: after } })
          .sort({ _id: 1 })
          .limit(limit)
          .toArray();
        return found.map(projectOf);
      }),

    updateProject: (siteKey, change) =>
      connection.run(async () => {
        if (Object.keys(change).length === 0) {
          return await read(siteKey);
        }
        const changed = await projects.findOneAndUpdate(
          { _id: siteKey },
          { $set: change },
          { returnDocument: "after" },
        );
        return changed === null ? undefined : projectOf(changed);
      }),
  };
}

function documentOf({ siteKey, ...fields }: Project): ProjectDocument {
  return { _id: siteKey, ...fields };
}

function projectOf({ _id, ...fields }: ProjectDocument): Project {
  return { siteKey: _id, ...fields };
}
