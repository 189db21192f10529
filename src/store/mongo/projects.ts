import type { UpdateFilter } from "mongodb";
import { MAX_SIGNING_SECRETS, type Project, type ProjectChange } from "../../domain/project.ts";
import { completeProject, type ProjectStore } from "../projects.ts";
import type { Connection } from "./connection.ts";
import type { Deletions } from "./deletions.ts";
import type { ProjectDocument } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import { retry } from "./retry.ts";

/** The projects, each a document. */
export function createProjects(connection: Connection, { deleteProject }: Deletions): ProjectStore {
  const { projects } = connection;

  async function read(siteKey: string): Promise<Project | undefined> {
    const document = await projects.findOne({ _id: siteKey });
    return document === null ? undefined : projectOf(document);
  }

  return {
    createProject: (project) =>
      connection.run(() =>
        retry(async () => {
          try {
            await projects.insertOne(documentOf(project));
            return true;
          } catch (error) {
            if (!isDuplicateKey(error)) {
              throw error;
            }
            // It is the same project when an earlier attempt was done but its answer was lost. When there is none, it
            // was deleted in this moment.
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

    updateProject: ({ siteKey, id }, change, expected) =>
      connection.run(async () => {
        const update = updateOf(change);
        const asExpected = expected && { etag: expected.etag ?? { $exists: false } };
        const found = { _id: siteKey, id, ...asExpected };
        const changed =
          Object.keys(update).length === 0
            ? await projects.findOne(found)
            : await projects.findOneAndUpdate(found, update, { returnDocument: "after" });
        if (changed !== null) {
          return projectOf(changed);
        }
        return expected !== undefined && (await read(siteKey))?.id === id ? "changed" : undefined;
      }),

    addSigningSecret: ({ id: projectId, siteKey }, secret) =>
      connection.run(async () => {
        const hasRoom = { [`signingSecrets.${MAX_SIGNING_SECRETS - 1}`]: { $exists: false } };
        const isNew = { "signingSecrets.id": { $ne: secret.id } };
        const added = await projects.updateOne(
          { _id: siteKey, id: projectId, ...hasRoom, ...isNew },
          { $push: { signingSecrets: secret } },
        );
        if (added.matchedCount === 1) {
          return "added";
        }
        const project = await read(siteKey);
        return project?.id !== projectId
          ? undefined
          : project.signingSecrets.some(({ id }) => id === secret.id)
            ? "added"
            : "full";
      }),

    removeSigningSecret: (siteKey, secretId) =>
      connection.run(async () => {
        const removed = await projects.updateOne(
          { _id: siteKey, "signingSecrets.id": secretId },
          { $pull: { signingSecrets: { id: secretId } } },
        );
        return removed.matchedCount === 1;
      }),

    deleteProject,
  };
}

/** Returns the update that makes a change: a field that is null goes, and the others are set. Empty for no field. */
function updateOf(change: ProjectChange): UpdateFilter<ProjectDocument> {
  const fields = Object.entries(change);
  const set = fields.filter(([, value]) => value !== null);
  const gone = fields.filter(([, value]) => value === null).map(([name]) => [name, ""] as const);
  return {
    ...(set.length > 0 && { $set: Object.fromEntries(set) }),
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone) }),
  };
}

function documentOf({ siteKey, ...fields }: Project): ProjectDocument {
  return { _id: siteKey, ...fields };
}

function projectOf({ _id, ...fields }: ProjectDocument): Project {
  return completeProject({ siteKey: _id, ...fields });
}
