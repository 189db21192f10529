import { changed, MAX_SIGNING_SECRETS, type Project } from "../../domain/project.ts";
import { completeProject, type ProjectStore } from "../projects.ts";
import type { Connection } from "./connection.ts";
import type { Deletions } from "./deletions.ts";

/** The projects, each a JSON document: only its keys are ever searched. */
export function createProjects(connection: Connection, { deleteProject }: Deletions): ProjectStore {
  type Row = { document: string };
  const insert = connection.prepare(
    "INSERT INTO projects (site_key, id, document) VALUES (?, ?, ?) ON CONFLICT (site_key) DO NOTHING",
  );
  const select = connection.prepare<Row>("SELECT document FROM projects WHERE site_key = ?");
  const selectPage = connection.prepare<Row>(
    "SELECT document FROM projects WHERE site_key > ? ORDER BY site_key LIMIT ?",
  );
  const update = connection.prepare("UPDATE projects SET document = ? WHERE site_key = ?");

  const parse = (row: Row): Project => completeProject(JSON.parse(row.document));
  const read = (siteKey: string): Project | undefined => {
    const row = select.get(siteKey);
    return row && parse(row);
  };
  const replace = (project: Project): void => {
    update.run(JSON.stringify(project), project.siteKey);
  };

  return {
    createProject: (project) =>
      connection.write(() => insert.run(project.siteKey, project.id, JSON.stringify(project)) === 1),

    readProject: (siteKey) => connection.read(() => read(siteKey)),

    listProjects: (after, limit) => connection.read(() => selectPage.all(after, limit).map(parse)),

    updateProject: ({ siteKey, id }, change, expected) =>
      connection.write(() => {
        const project = read(siteKey);
        if (project?.id !== id) {
          return undefined;
        }
        if (expected !== undefined && project.etag !== expected.etag) {
          return "changed";
        }
        const after = changed(project, change);
        replace(after);
        return after;
      }),

    addSigningSecret: ({ id: projectId, siteKey }, secret) =>
      connection.write(() => {
        const project = read(siteKey);
        if (project?.id !== projectId) {
          return undefined;
        }
        if (project.signingSecrets.some(({ id }) => id === secret.id)) {
          return "added";
        }
        if (project.signingSecrets.length >= MAX_SIGNING_SECRETS) {
          return "full";
        }
        replace({ ...project, signingSecrets: [...project.signingSecrets, secret] });
        return "added";
      }),

    removeSigningSecret: (siteKey, secretId) =>
      connection.write(() => {
        const project = read(siteKey);
        const left = project?.signingSecrets.filter(({ id }) => id !== secretId);
        if (project === undefined || left?.length === project.signingSecrets.length) {
          return false;
        }
        replace({ ...project, signingSecrets: left ?? [] });
        return true;
      }),

    deleteProject,
  };
}
