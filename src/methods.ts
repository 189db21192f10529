import { contracts } from "#gen/contracts.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { checkAliasUserRequest } from "#gen/streak/v1/admin_service_rest.ts";
import { AnalyticsService } from "#gen/streak/v1/analytics_service_pb.ts";
import { type AliasWithTokenRequest, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { auditedHandlers, requireAudited } from "./call/audit.ts";
import { type Method, methodsOf } from "./call/method.ts";
import { requireReachChecked } from "./call/reach.ts";
import type { Ingest } from "./ingest/ingest.ts";
import { aliasUserHandler } from "./service/aliases/alias-user.ts";
import { aliasSiteKeyOf, aliasWithTokenHandler } from "./service/aliases/alias-with-token.ts";
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
import { createProjectHandler } from "./service/projects/create-project.ts";
import { deleteProjectHandler } from "./service/projects/delete-project.ts";
import { getProjectHandler } from "./service/projects/get-project.ts";
import { listProjectsHandler } from "./service/projects/list-projects.ts";
import type { Projects } from "./service/projects/projects.ts";
import { updateProjectHandler } from "./service/projects/update-project.ts";
import { UserTokens } from "./service/signed-tokens/user-token.ts";
import { createSigningSecretHandler } from "./service/signing-secrets/create-signing-secret.ts";
import { deleteSigningSecretHandler } from "./service/signing-secrets/delete-signing-secret.ts";
import { listSigningSecretsHandler } from "./service/signing-secrets/list-signing-secrets.ts";
import { getStateHandler } from "./service/streaks/get-state.ts";
import { recordEventHandler } from "./service/streaks/record-event.ts";
import { createTokenHandler } from "./service/tokens/create-token.ts";
import { getTokenHandler } from "./service/tokens/get-token.ts";
import { listTokensHandler } from "./service/tokens/list-tokens.ts";
import { revokeTokenHandler } from "./service/tokens/revoke-token.ts";
import { rotateTokenHandler } from "./service/tokens/rotate-token.ts";
import type { Tokens } from "./service/tokens/tokens.ts";
import { getUsageHandler } from "./service/usage/get-usage.ts";
import { getUserHandler } from "./service/users/get-user.ts";
import { listUsersHandler } from "./service/users/list-users.ts";
import type { Stores } from "./store/stores.ts";

/**
 * The methods of the contract with their handlers. proto/ says what each promises.
 *
 * @param clock the server's time in epoch milliseconds
 * @param audit where changes by callers with a scope are written down
 * @param analytics counts what the users of a project do
 * @throws an error when a method would change something without writing it there, or would not check its project
 */
export function createMethods(
  stores: Stores,
  projects: Projects,
  ingest: Ingest,
  tokens: Tokens,
  clock: () => number,
  audit: AuditLog,
  analytics: Analytics,
): Method[] {
  const userTokens = new UserTokens(clock);
  // The token names the project, whether the request does or not: its rate limit holds for both.
  const siteKeyOfAlias = aliasSiteKeyOf(checkAliasUserRequest);
  const methods = [
    ...methodsOf(
      StreakService,
      {
        recordEvent: recordEventHandler(projects, ingest, userTokens, clock),
        getState: getStateHandler(projects, stores.streaks, userTokens, clock),
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
  ];
  return requireAudited(requireReachChecked(methods));
}
