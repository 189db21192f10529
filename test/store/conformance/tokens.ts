import { expect, it } from "vitest";
import { MAX_TOKENS_OF_PROJECT, type Token } from "#src/domain/token.ts";
import { DAY_MS, NOW, type OpenStore, project, token, useStore } from "./fixture.ts";

/** What every `TokenStore` does. */
export function describeTokenStore(open: OpenStore): void {
  const current = useStore(open);
  const tokens = () => current.store.tokens;
  const ids = (found: readonly Token[]) => found.map(({ id }) => id);

  /** A token for all projects that was never used and does not expire. */
  const plain = (id: string) =>
    token({ id, project: undefined, expireTime: undefined, lifetime: undefined, lastUseTime: undefined });

  it("a token comes out as it went in, by its id and by its secret, also after a restart", async () => {
    await current.store.projects.createProject(project());
    const kept = [token(), plain("tok_2")];
    for (const each of kept) {
      expect(await tokens().createToken(each)).toBe("added");
    }
    for (const again of [false, true]) {
      for (const each of kept) {
        expect(await tokens().readToken(each.id)).toStrictEqual(each);
        expect(await tokens().findToken(each.secretHash)).toStrictEqual(each);
      }
      await (again ? undefined : current.reopen());
    }
  });

  it("a token that is not there is undefined", async () => {
    expect(await tokens().readToken("tok_1")).toBeUndefined();
    expect(await tokens().findToken(token().secretHash)).toBeUndefined();
    expect(await tokens().deleteToken("tok_1")).toBe(false);
  });

  it("a project that is gone gets no token", async () => {
    expect(await tokens().createToken(token())).toBeUndefined();
    expect(await tokens().listTokens(undefined, "", 10)).toEqual([]);
  });

  it("a list goes by id, a page at a time, of one project or of all", async () => {
    await current.store.projects.createProject(project());
    await current.store.projects.createProject(project({ id: "p2", siteKey: "site_2" }));
    const other = { id: "p2", siteKey: "site_2" };
    for (const each of [plain("tok_c"), token({ id: "tok_a" }), token({ id: "tok_B" }), token({ id: "tok_d" })]) {
      await tokens().createToken(each);
    }
    await tokens().createToken(token({ id: "tok_0", project: other }));

    expect(ids(await tokens().listTokens(undefined, "", 10))).toEqual(["tok_0", "tok_B", "tok_a", "tok_c", "tok_d"]);
    expect(ids(await tokens().listTokens(undefined, "tok_B", 2))).toEqual(["tok_a", "tok_c"]);
    expect(ids(await tokens().listTokens("p1", "", 2))).toEqual(["tok_B", "tok_a"]);
    expect(await tokens().listTokens("p1", "tok_a", 2)).toStrictEqual([token({ id: "tok_d" })]);
    expect(ids(await tokens().listTokens("p2", "", 10))).toEqual(["tok_0"]);
    expect(ids(await tokens().listTokens("p3", "", 10))).toEqual([]);
  });

  it("a rotation adds the successor and brings the end of the old token forward, and never puts it off", async () => {
    for (const id of ["tok_1", "tok_2"]) {
      await tokens().createToken({ ...plain(id), expireTime: id === "tok_1" ? undefined : NOW + 5 });
      expect(await tokens().rotateToken(id, plain(`${id}_new`), NOW + 10)).toBe("added");
    }
    expect((await tokens().readToken("tok_1"))?.expireTime).toBe(NOW + 10);
    expect((await tokens().readToken("tok_2"))?.expireTime).toBe(NOW + 5);
    expect(await tokens().findToken(plain("tok_1_new").secretHash)).toStrictEqual(plain("tok_1_new"));
  });

  it("a token that is gone has no successor", async () => {
    expect(await tokens().rotateToken("tok_1", plain("tok_2"), NOW)).toBeUndefined();
    expect(await tokens().listTokens(undefined, "", 10)).toEqual([]);
  });

  it("a project that is full gets no token and no successor, until one is deleted or has expired", async () => {
    await current.store.projects.createProject(project());
    const lasting = (id: string) => token({ id, expireTime: undefined, lifetime: undefined });
    const first = Array.from({ length: MAX_TOKENS_OF_PROJECT - 1 }, (_, i) => `tok_${String(i).padStart(3, "0")}`);
    await Promise.all(first.map((id) => tokens().createToken(lasting(id))));
    const expiring = token({ id: "tok_e", expireTime: token().createTime + 10 });
    expect(await tokens().createToken(expiring)).toBe("added");

    expect(await tokens().createToken(lasting("tok_x"))).toBe("full");
    expect(await tokens().rotateToken("tok_000", lasting("tok_x"), NOW)).toBe("full");
    expect(await tokens().rotateToken("tok_gone", lasting("tok_x"), NOW)).toBeUndefined();
    expect(await tokens().readToken("tok_000")).toStrictEqual(lasting("tok_000"));
    expect(ids(await tokens().listTokens("p1", "", 200))).toEqual([...first, "tok_e"]);
    expect(await tokens().createToken(plain("tok_of_all"))).toBe("added");

    const later = { ...lasting("tok_y"), createTime: token().createTime + 10 };
    expect(await tokens().createToken(later)).toBe("added");
    expect(await tokens().readToken("tok_e")).toBeUndefined();
    expect(await tokens().createToken({ ...later, ...{ id: "tok_z", secretHash: "z" } })).toBe("full");
    await tokens().deleteToken("tok_001");
    expect(await tokens().createToken({ ...later, ...{ id: "tok_z", secretHash: "z" } })).toBe("added");
  });

  it("of many tokens that are made at once, no more are added than there is room for", async () => {
    await current.store.projects.createProject(project());
    const many = Array.from({ length: MAX_TOKENS_OF_PROJECT + 10 }, (_, i) => token({ id: `tok_${i}` }));
    const outcomes = await Promise.all(many.map((each) => tokens().createToken(each)));
    const added = many.filter((_, i) => outcomes[i] === "added").map(({ id }) => id);
    expect(added.length).toBeLessThanOrEqual(MAX_TOKENS_OF_PROJECT);
    expect(ids(await tokens().listTokens("p1", "", 200))).toEqual(added.toSorted());
  });

  it("a deleted token is not found any more, and no other token is touched", async () => {
    await tokens().createToken(plain("tok_1"));
    await tokens().createToken(plain("tok_2"));
    expect(await tokens().deleteToken("tok_1")).toBe(true);
    expect(await tokens().deleteToken("tok_1")).toBe(false);
    expect(await tokens().readToken("tok_1")).toBeUndefined();
    expect(await tokens().findToken(plain("tok_1").secretHash)).toBeUndefined();
    expect(ids(await tokens().listTokens(undefined, "", 10))).toEqual(["tok_2"]);
  });

  it("the last use only moves on, and does not bring back a token", async () => {
    await tokens().createToken(plain("tok_1"));
    await tokens().createToken(plain("tok_2"));
    await tokens().noteTokenUses([]);
    await tokens().noteTokenUses([
      { id: "tok_1", at: NOW + 60_000 },
      { id: "tok_gone", at: NOW },
    ]);
    await tokens().noteTokenUses([{ id: "tok_1", at: NOW }]);
    expect((await tokens().readToken("tok_1"))?.lastUseTime).toBe(NOW + 60_000);
    expect((await tokens().readToken("tok_2"))?.lastUseTime).toBeUndefined();
    expect(await tokens().readToken("tok_gone")).toBeUndefined();
  });

  it("expired tokens are removed when they have been so for long enough, and tokens without an end stay", async () => {
    const ends = { tok_1: NOW - 1, tok_2: NOW, tok_3: undefined };
    for (const [id, expireTime] of Object.entries(ends)) {
      await tokens().createToken({ ...plain(id), expireTime });
    }
    await tokens().deleteExpiredTokens(NOW);
    expect(ids(await tokens().listTokens(undefined, "", 10))).toEqual(["tok_2", "tok_3"]);
  });

  it("a deleted project takes along its tokens, and no others", async () => {
    await current.store.projects.createProject(project());
    await current.store.projects.createProject(project({ id: "p2", siteKey: "site_2" }));
    const others = [plain("tok_2"), token({ id: "tok_3", project: { id: "p2", siteKey: "site_2" } })];
    for (const each of [token(), ...others]) {
      await tokens().createToken(each);
    }
    await current.store.projects.deleteProject(project());
    expect(await tokens().listTokens(undefined, "", 10)).toStrictEqual(others);
  });

  it("a project that is made anew is not reached by a token of the one before", async () => {
    await current.store.projects.createProject(project());
    await tokens().createToken(token());
    await current.store.projects.deleteProject(project());
    await current.store.projects.createProject(project({ id: "p2" }));
    // A creation that began before the deletion.
    expect(await tokens().createToken(token({ id: "tok_2", expireTime: NOW + DAY_MS }))).toBeUndefined();
    for (const id of ["tok_1", "tok_2"]) {
      expect(await tokens().readToken(id)).toBeUndefined();
      expect(await tokens().findToken(token({ id }).secretHash)).toBeUndefined();
    }
  });
}
