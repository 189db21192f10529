import { setTimeout as delay } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { Call } from "../../call/call.ts";
import { hasScope, type Principal, reaches, requireReach } from "../../call/principal.ts";
import { type AllowedOrigin, isAllowedOrigin, parseAllowedOrigin } from "../../domain/origins.ts";
import { type Gate, gateOf } from "../../domain/plans.ts";
import type { Project, ProjectChange, SigningSecret, Widget } from "../../domain/project.ts";
import type { RateLimit } from "../../domain/rate-limit.ts";
import { rulesFor, type StreakRules } from "../../domain/streaks/rules-for.ts";
import { StreakdError } from "../../errors.ts";
import type { ProjectKey, ProjectStore } from "../../store/projects.ts";
import { newEtag } from "./etag.ts";
import { noProject, unknownSiteKey } from "./no-project.ts";

/** How many projects are kept ready for use. Others are read from the store each time they are needed. */
const MAX_CACHED_PROJECTS = 10_000;

/** How long a project is used before it is read again, in milliseconds: how late another instance's change is seen. */
const MAX_AGE_MS = 500;

/** How many events an error lists, for a misspelt name. gRPC sends the message as a header, so the list is short. */
const MAX_LISTED_EVENTS = 10;

/** A project, ready to be asked about on every call. */
export interface OpenProject {
  readonly project: Project;
  readonly origins: readonly AllowedOrigin[];
  /** By event. */
  readonly widgets: ReadonlyMap<string, OpenWidget>;
  /** What new streakers have to pass; undefined where nobody is rejected. */
  readonly gate: Gate | undefined;
}

/** A widget, with its rules ready to compute. */
export interface OpenWidget extends Omit<Widget, "rules"> {
  readonly rules: StreakRules;
}

/** A project that is being read, or was. */
interface Reading {
  readonly project: Promise<OpenProject | undefined>;
  /** The project, when it has been read. */
  open: OpenProject | undefined;
}

/**
 * The projects, read from the store and then kept ready for a while. Every change goes through here, so that it holds
 * for the next call on this instance; another instance sees it within half a second.
 */
export class Projects {
  readonly #store: ProjectStore;
  readonly #isShared: boolean;
  /** Also the reads that are under way, so that a change drops them too. */
  readonly #open = new LRUCache<string, Reading>({
    max: MAX_CACHED_PROJECTS,
    ttl: MAX_AGE_MS,
  });

  /** @param isShared whether other instances may have the same store */
  constructor(store: ProjectStore, isShared: boolean) {
    this.#store = store;
    this.#isShared = isShared;
  }

  /**
   * The project with this `siteKey`.
   *
   * @throws StreakdError INVALID_SITE_KEY when there is none
   */
  async open(siteKey: string): Promise<OpenProject> {
    const project = await (this.#open.get(siteKey) ?? this.#load(siteKey)).project;
    if (project === undefined) {
      throw unknownSiteKey(siteKey, "siteKey");
    }
    return project;
  }

  /**
   * Returns how fast a project's calls may come: the project's own limit, else `byDefault`. Returns `undefined` when
   * there is no limit or no such project. Returns a promise only when the project must be read. A call of {@link open}
   * in the same turn does not read it again.
   */
  rateLimitOf(
    siteKey: string,
    byDefault: RateLimit | undefined,
  ): RateLimit | undefined | Promise<RateLimit | undefined> {
    const limitOf = (open: OpenProject | undefined) => open && (open.project.rateLimit ?? byDefault);
    const reading = this.#open.get(siteKey) ?? this.#load(siteKey);
    return reading.open === undefined ? reading.project.then(limitOf) : limitOf(reading.open);
  }

  #load(siteKey: string): Reading {
    const project = this.#store.readProject(siteKey).then((found) => found && openProject(found));
    const reading: Reading = { project, open: undefined };
    this.#open.set(siteKey, reading);
    // A project that is missing or could not be read is read again next time.
    const drop = (): void => {
      if (this.#open.peek(siteKey) === reading) {
        this.#open.delete(siteKey);
      }
    };
    project.then((open) => {
      reading.open = open;
      if (open === undefined) {
        // Not at once: the call whose rate limit has read the project opens it next.
        setImmediate(drop);
      }
    }, drop);
    return reading;
  }

  /**
   * The project of a call that needs a scope, as the store has it now. The call's subject is this project then.
   *
   * @param field the path of the field that refers to the project; undefined when the project is the resource that is
   *   called for, or its parent
   * @throws StreakdError NOT_FOUND when there is none, or INVALID_SITE_KEY when a field refers to it; FORBIDDEN when the
   *   caller's token is for an earlier project with the same `siteKey`
   */
  async require(siteKey: string, call: Call, field?: string): Promise<Project> {
    const project = await this.read(siteKey);
    if (project === undefined) {
      throw field === undefined ? noProject(siteKey) : unknownSiteKey(siteKey, field);
    }
    requireReach(call.principal, project);
    call.subject = { project: siteKey, userHash: undefined };
    return project;
  }

  /** The project with this `siteKey` as the store has it now; undefined when there is none. */
  read(siteKey: string): Promise<Project | undefined> {
    return this.#store.readProject(siteKey);
  }

  /** The first `limit` projects whose `siteKey` is greater than `after`, ordered by `siteKey`. */
  list(after: string, limit: number): Promise<Project[]> {
    return this.#store.listProjects(after, limit);
  }

  /** Adds a project. Returns false when its `siteKey` is taken. */
  async create(project: Project): Promise<boolean> {
    return this.#change(project.siteKey, () => this.#store.createProject(project));
  }

  /**
   * Changes a project, and returns it as it is then; undefined when it is gone.
   *
   * @param expected makes the change only while the project has this `etag`. Otherwise returns `changed`
   */
  async update(
    key: ProjectKey,
    change: ProjectChange,
    expected?: Pick<Project, "etag">,
  ): Promise<Project | "changed" | undefined> {
    const stamped = { ...change, etag: newEtag() };
    return this.#change(key.siteKey, () => this.#store.updateProject(key, stamped, expected));
  }

  /** Waits until every instance has seen the changes that this one has made before. */
  async seenEverywhere(): Promise<void> {
    if (this.#isShared) {
      await delay(MAX_AGE_MS);
    }
  }

  /** Adds a signing secret, unless the project is `full`. Returns undefined when the project is gone. */
  async addSigningSecret(project: Project, secret: SigningSecret): Promise<"added" | "full" | undefined> {
    return this.#change(project.siteKey, () => this.#store.addSigningSecret(project, secret));
  }

  /** Removes a signing secret. Returns false when there is no such secret or project. */
  async removeSigningSecret(siteKey: string, secretId: string): Promise<boolean> {
    return this.#change(siteKey, () => this.#store.removeSigningSecret(siteKey, secretId));
  }

  /** Removes a project as {@link ProjectStore.deleteProject} does. Returns false when there is nothing to remove. */
  async delete(key: Parameters<ProjectStore["deleteProject"]>[0]): Promise<boolean> {
    return this.#change(key.siteKey, () => this.#store.deleteProject(key));
  }

  async #change<T>(siteKey: string, change: () => Promise<T>): Promise<T> {
    this.#open.delete(siteKey);
    try {
      return await change();
    } finally {
      // Again, since it may have been read meanwhile; after a failure too, which may have come after the change.
      this.#open.delete(siteKey);
    }
  }
}

/**
 * Checks that a principal may call for a project from its page. A server, which has no page, always may. So may a page of
 * this server's own, such as its API reference, with a token that has the scope and reaches the project.
 */
export function admitOrigin(open: OpenProject, principal: Principal, scope: string): void {
  const { origin, hasOwnOrigin } = principal;
  if (
    origin !== undefined &&
    !isAllowedOrigin(open.origins, origin) &&
    !(hasOwnOrigin && hasScope(principal, scope) && reaches(principal, open.project))
  ) {
    throw new StreakdError(
      "FORBIDDEN_ORIGIN",
      `Pages of ${origin} may not call for this project. Add the origin to its allowedOrigins.`,
    );
  }
}

/**
 * The project's widget for an event.
 *
 * @throws StreakdError INVALID_WIDGET_KIND when the project has none
 */
export function widgetFor<Each>({ widgets }: { readonly widgets: ReadonlyMap<string, Each> }, event: string): Each {
  const widget = widgets.get(event);
  if (widget === undefined) {
    const names = [...widgets.keys()].slice(0, MAX_LISTED_EVENTS).map((name) => `"${name}"`);
    const known = names.join(", ") + (widgets.size > names.length ? ", …" : "");
    throw new StreakdError(
      "INVALID_WIDGET_KIND",
      (at) => `The project has no widget for the ${at} "${event}". It has ${known || "no widgets yet"}.`,
      { field: "event" },
    );
  }
  return widget;
}

/** Returns the widget of a project that is not open, as {@link widgetFor} does. */
export function widgetOf({ widgets }: Pick<Project, "widgets">, event: string): Widget {
  return widgetFor({ widgets: new Map(widgets.map((widget) => [widget.event, widget])) }, event);
}

function openProject(project: Project): OpenProject {
  return {
    project,
    origins: project.allowedOrigins.map(parseAllowedOrigin).filter((origin) => origin !== undefined),
    widgets: new Map(project.widgets.map((each) => [each.event, { ...each, rules: rulesFor(each, project) }])),
    gate: gateOf(project.plan),
  };
}
