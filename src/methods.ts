import { contracts } from "#gen/contracts.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { checkAliasUserRequest } from "#gen/streak/v1/admin_service_rest.ts";
import { AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import { AnalyticsService } from "#gen/streak/v1/analytics_service_pb.ts";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { SessionService } from "#gen/streak/v1/session_service_pb.ts";
import { type AliasWithTokenRequest, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { SystemService } from "#gen/streak/v1/system_service_pb.ts";
import { auditedHandlers, requireAudited } from "./call/audit.ts";
import type { Authenticator } from "./call/authenticator.ts";
import { type Method, methodsOf } from "./call/method.ts";
import type { RateLimitStep } from "./call/rate-limit.ts";
import { requireReachChecked } from "./call/reach.ts";
import type { SessionCookies } from "./call/session-cookie.ts";
import type { RateLimit } from "./domain/rate-limit.ts";
import type { Ingest } from "./ingest/ingest.ts";
import { aliasUserHandler } from "./service/aliases/alias-user.ts";
import { aliasSiteKeyOf, aliasWithTokenHandler } from "./service/aliases/alias-with-token.ts";
import { declareAmnestyHandler } from "./service/amnesties/declare-amnesty.ts";
import { listAmnestiesHandler } from "./service/amnesties/list-amnesties.ts";
import { previewAmnestyHandler } from "./service/amnesties/preview-amnesty.ts";
import { takeBackAmnestyHandler } from "./service/amnesties/take-back-amnesty.ts";
import type { Analytics } from "./service/analytics/analytics.ts";
import { getActivityHandler } from "./service/analytics/get-activity.ts";
import { getHoursHandler } from "./service/analytics/get-hours.ts";
import { getMetaValuesHandler } from "./service/analytics/get-meta-values.ts";
import { getMilestonesHandler } from "./service/analytics/get-milestones.ts";
import { getRetentionHandler } from "./service/analytics/get-retention.ts";
import { getStreaksHandler } from "./service/analytics/get-streaks.ts";
import { getSurvivalHandler } from "./service/analytics/get-survival.ts";
import type { AuditLog } from "./service/audit/audit-log.ts";
import { listAuditEntriesHandler } from "./service/audit/list-audit-entries.ts";
import { grantFreezesHandler } from "./service/ledger/grant-freezes.ts";
import { listLedgerEntriesHandler } from "./service/ledger/list-ledger-entries.ts";
import { optFreezesHandler } from "./service/ledger/opt-freezes.ts";
import { pauseStreaksHandler } from "./service/ledger/pause-streaks.ts";
import { repairStreaksHandler } from "./service/ledger/repair-streaks.ts";
import { takeBackEntryHandler } from "./service/ledger/take-back-entry.ts";
import { unpauseStreaksHandler } from "./service/ledger/unpause-streaks.ts";
import { createProjectHandler } from "./service/projects/create-project.ts";
import { deleteProjectHandler } from "./service/projects/delete-project.ts";
import { getProjectHandler } from "./service/projects/get-project.ts";
import { listProjectsHandler } from "./service/projects/list-projects.ts";
import type { Projects } from "./service/projects/projects.ts";
import { updateProjectHandler } from "./service/projects/update-project.ts";
import { explainStreakHandler } from "./service/rules/explain-streak.ts";
import { previewRulesHandler } from "./service/rules/preview-rules.ts";
import { createSessionHandler } from "./service/sessions/create-session.ts";
import { deleteSessionHandler } from "./service/sessions/delete-session.ts";
import { getSessionHandler } from "./service/sessions/get-session.ts";
import type { Sessions } from "./service/sessions/sessions.ts";
import { UserTokens } from "./service/signed-tokens/user-token.ts";
import { createSigningSecretHandler } from "./service/signing-secrets/create-signing-secret.ts";
import { deleteSigningSecretHandler } from "./service/signing-secrets/delete-signing-secret.ts";
import { listSigningSecretsHandler } from "./service/signing-secrets/list-signing-secrets.ts";
import { getStateHandler } from "./service/streaks/get-state.ts";
import { recordEventHandler } from "./service/streaks/record-event.ts";
import { getTrafficHandler } from "./service/system/get-traffic.ts";
import type { Instances } from "./service/system/instances.ts";
import { listInstancesHandler } from "./service/system/list-instances.ts";
import { createTokenHandler } from "./service/tokens/create-token.ts";
import { getTokenHandler } from "./service/tokens/get-token.ts";
import { listTokensHandler } from "./service/tokens/list-tokens.ts";
import { revokeTokenHandler } from "./service/tokens/revoke-token.ts";
import { rotateTokenHandler } from "./service/tokens/rotate-token.ts";
import type { Tokens } from "./service/tokens/tokens.ts";
import { getUsageHandler } from "./service/usage/get-usage.ts";
import { correctZoneHandler } from "./service/users/correct-zone.ts";
import { getUserHandler } from "./service/users/get-user.ts";
import { listUsersHandler } from "./service/users/list-users.ts";
import type { Stores } from "./store/stores.ts";

/** What the methods of sign-in sessions are made of. */
export interface SigningIn {
  readonly sessions: Sessions;
  readonly cookies: SessionCookies;
  readonly authenticator: Pick<Authenticator, "recognise">;
  readonly limits: Pick<RateLimitStep, "countWrongToken">;
}

/** What the handlers of the methods work with. */
export interface MethodParts {
  readonly stores: Stores;
  readonly projects: Projects;
  readonly ingest: Ingest;
  readonly tokens: Tokens;
  /** Returns the server's time in epoch milliseconds. */
  readonly clock: () => number;
  /** Where changes by callers with a scope are written down. */
  readonly audit: AuditLog;
  readonly analytics: Analytics;
  /** The running instances, of which this is one. */
  readonly instances: Instances;
  readonly signingIn: SigningIn;
  /** The limit of projects that have none of their own. */
  readonly rateLimit: RateLimit | undefined;
}

/**
 * Returns the methods of the contract with their handlers. proto/ says what each promises.
 *
 * @throws an error when a method would change something without writing it in the audit log, or would not check its
 *   project
 */
export function createMethods(parts: MethodParts): Method[] {
  const { stores, projects, ingest, tokens, clock, audit, analytics, instances, signingIn, rateLimit } = parts;
  const { sessions, cookies, authenticator, limits } = signingIn;
  const userTokens = new UserTokens(clock);
  // The token names the project, whether the request does or not: its rate limit holds for both.
  const siteKeyOfAlias = aliasSiteKeyOf(checkAliasUserRequest);
  const methods = [
    ...methodsOf(
      StreakService,
      {
        recordEvent: recordEventHandler(projects, ingest, userTokens, clock),
        getState: getStateHandler(projects, stores, userTokens, clock),
        aliasWithToken: aliasWithTokenHandler(projects, stores.streaks, checkAliasUserRequest, clock),
      },
      contracts.map((contract) =>
        contract.method === StreakService.method.aliasWithToken
          ? { ...contract, siteKeyOf: (request) => siteKeyOfAlias(request as AliasWithTokenRequest) }
          : contract,
      ),
    ),
    ...methodsOf(
      AdminService,
      {
        ...auditedHandlers(
          AdminService,
          {
            aliasUser: aliasUserHandler(projects, stores),
            correctZone: correctZoneHandler(projects, stores, clock),
            createProject: createProjectHandler(projects, clock),
            updateProject: updateProjectHandler(projects, clock),
            deleteProject: deleteProjectHandler(projects),
            createToken: createTokenHandler(tokens, projects, clock),
            rotateToken: rotateTokenHandler(tokens, clock),
            revokeToken: revokeTokenHandler(tokens),
            createSigningSecret: createSigningSecretHandler(projects, clock),
            deleteSigningSecret: deleteSigningSecretHandler(projects),
          },
          audit,
        ),
        listProjects: listProjectsHandler(projects),
        getProject: getProjectHandler(projects),
        listUsers: listUsersHandler(projects, stores.users, clock),
        getUser: getUserHandler(projects, stores.users, clock),
        getToken: getTokenHandler(tokens),
        listTokens: listTokensHandler(tokens, projects),
        listAuditEntries: listAuditEntriesHandler(audit),
        listSigningSecrets: listSigningSecretsHandler(projects),
        getUsage: getUsageHandler(projects, stores.usage, clock),
      },
      contracts,
    ),
    ...methodsOf(
      AnalyticsService,
      {
        getActivity: getActivityHandler(projects, analytics, clock),
        getStreaks: getStreaksHandler(projects, analytics, clock),
        getSurvival: getSurvivalHandler(projects, analytics, clock),
        getRetention: getRetentionHandler(projects, analytics, clock),
        getHours: getHoursHandler(projects, analytics, clock),
        getMilestones: getMilestonesHandler(projects, analytics, clock),
        getMetaValues: getMetaValuesHandler(projects, analytics, clock),
      },
      contracts,
    ),
    ...methodsOf(
      RulesService,
      {
        explainStreak: explainStreakHandler(projects, stores, clock),
        previewRules: previewRulesHandler(projects, clock),
      },
      contracts,
    ),
    ...methodsOf(
      LedgerService,
      {
        ...auditedHandlers(
          LedgerService,
          {
            pauseStreaks: pauseStreaksHandler({ projects, stores, clock }),
            unpauseStreaks: unpauseStreaksHandler({ projects, stores, clock }),
            grantFreezes: grantFreezesHandler({ projects, stores, clock }),
            optOutOfFreezes: optFreezesHandler({ projects, stores, clock }, "optOut"),
            optInToFreezes: optFreezesHandler({ projects, stores, clock }, "optIn"),
            repairStreaks: repairStreaksHandler({ projects, stores, clock }),
            takeBackEntry: takeBackEntryHandler({ projects, stores, clock }),
          },
          audit,
        ),
        listLedgerEntries: listLedgerEntriesHandler(projects, stores.ledger),
      },
      contracts,
    ),
    ...methodsOf(
      AmnestyService,
      {
        ...auditedHandlers(
          AmnestyService,
          {
            declareAmnesty: declareAmnestyHandler(projects, clock),
            takeBackAmnesty: takeBackAmnestyHandler(projects, clock),
          },
          audit,
        ),
        listAmnesties: listAmnestiesHandler(projects),
        previewAmnesty: previewAmnestyHandler(projects, stores.users, clock),
      },
      contracts,
    ),
    ...methodsOf(
      SessionService,
      {
        createSession: createSessionHandler(sessions, cookies, authenticator, limits),
        getSession: getSessionHandler(cookies),
        deleteSession: deleteSessionHandler(sessions, cookies),
      },
      contracts,
    ),
    ...methodsOf(
      SystemService,
      {
        listInstances: listInstancesHandler(instances),
        getTraffic: getTrafficHandler(projects, instances, rateLimit),
      },
      contracts,
    ),
  ];
  return requireAudited(requireReachChecked(methods));
}
