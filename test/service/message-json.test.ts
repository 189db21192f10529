import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { OverLimit, PlanName } from "#gen/streak/v1/plan_pb.ts";
import { ProjectSchema, SignedUsers, StreakMode } from "#gen/streak/v1/project_pb.ts";
import { encodeProject } from "#gen/streak/v1/project_rest.ts";
import { SigningSecretSchema } from "#gen/streak/v1/signing_secret_pb.ts";
import { encodeSigningSecret } from "#gen/streak/v1/signing_secret_rest.ts";
import { Scope, TokenSchema } from "#gen/streak/v1/token_pb.ts";
import { encodeToken } from "#gen/streak/v1/token_rest.ts";
import { messageJson } from "#src/service/message-json.ts";

/** A message that the audit log keeps, and its JSON over REST. */
interface Case {
  readonly desc: DescMessage;
  readonly message: MessageShape<DescMessage>;
  readonly rest: string;
}

function caseOf<Desc extends DescMessage>(
  desc: Desc,
  message: MessageShape<Desc>,
  encode: (message: MessageShape<Desc>) => string,
): Case {
  return { desc, message, rest: encode(message) };
}

const TIME = timestampFromMs(Date.parse("2024-01-12T12:00:00.120Z"));

const FULL: Case[] = [
  caseOf(
    ProjectSchema,
    create(ProjectSchema, {
      siteKey: "shop",
      name: "The “shop”",
      allowedOrigins: ["https://shop.example.com"],
      timeZone: "Europe/Berlin",
      live: false,
      rateLimit: { requestsPerSecond: 50, burst: 100 },
      widgets: [
        {
          event: "like",
          mode: StreakMode.CUMULATIVE,
          milestones: [{ id: "m", target: 7, msg: "1 week!", rewardType: "badge" }],
          settings: { theme: { name: "dark" }, position: "top-left", mainMessage: "Go on!" },
        },
      ],
      signedUsers: SignedUsers.BROWSERS,
      plan: { name: PlanName.CUSTOM, activeStreakers: 7, overLimit: OverLimit.REJECT },
      analytics: { keepRepeats: true, metaKeys: ["plan"] },
    }),
    encodeProject,
  ),
  caseOf(
    SigningSecretSchema,
    create(SigningSecretSchema, { id: "s1", prefix: "ss_abcd", createTime: TIME }),
    encodeSigningSecret,
  ),
  caseOf(
    TokenSchema,
    create(TokenSchema, {
      id: "tok_1",
      name: "CI",
      siteKey: "shop",
      scopes: [Scope.USERS_MANAGE],
      prefix: "sk_abcd",
      createTime: TIME,
      expireTime: TIME,
      lastUseTime: TIME,
    }),
    encodeToken,
  ),
];
const EMPTY: Case[] = [
  caseOf(ProjectSchema, create(ProjectSchema), encodeProject),
  caseOf(ProjectSchema, create(ProjectSchema, { widgets: [{}], plan: {}, rateLimit: {} }), encodeProject),
  caseOf(SigningSecretSchema, create(SigningSecretSchema), encodeSigningSecret),
  caseOf(TokenSchema, create(TokenSchema), encodeToken),
];

test.each([...FULL, ...EMPTY])("the audit log shows $message as REST does", ({ desc, message, rest }) => {
  expect(messageJson(desc, message)).toEqual(JSON.parse(rest));
});

test("a message with each of its fields shows each of them, but for a secret", () => {
  for (const { desc, message } of FULL) {
    const names = desc.fields.map(({ jsonName }) => jsonName).filter((name) => name !== "secret");
    expect(
      Object.keys(messageJson(desc, message))
        .filter((name) => name !== "secret")
        .toSorted(),
    ).toEqual(names.toSorted());
  }
});
