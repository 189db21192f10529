import { type SubmitEvent, useState } from "react";
import { Link } from "wouter";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { Scope } from "#gen/streak/v1/token_pb.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { PlusIcon } from "../../../components/icons.tsx";
import { EmptyState } from "../../../components/States.tsx";
import { todayIn } from "../../../dates.ts";
import { messageFor } from "../../../errors.ts";
import { useSession } from "../../../session.tsx";
import { amnestiesPath } from "../../users/paths.ts";
import { useProjectForm } from "../project-form.ts";
import { SaveBar } from "../SaveBar.tsx";
import styles from "../Settings.module.css";
import { HOLIDAYS, type ListDraft, MAX_LISTS, newList, problemsOfLists, usersOfLists } from "./holidays-form.ts";
import { ListCard } from "./ListCard.tsx";

const FIELD = "project.holidays";

/** The form about a project's lists of holidays, which the rules of widgets name. */
export function HolidaySettings({ project }: { readonly project: Project }) {
  const { has } = useSession();
  const form = useProjectForm(project, HOLIDAYS);
  const { draft, set, error } = form;
  const [added, setAdded] = useState<string>();
  const problems = problemsOfLists(draft, project, todayIn(project.timeZone));
  const users = usersOfLists(project);
  const isBlocked = Array.from(problems.values()).some(({ name, dates }) => (name ?? dates) !== undefined);

  function save(event: SubmitEvent) {
    event.preventDefault();
    void form.save();
  }

  function change(key: string, part: Partial<ListDraft>) {
    set({ lists: draft.lists.map((list) => (list.key === key ? { ...list, ...part } : list)) });
  }

  function add() {
    const list = newList(draft);
    setAdded(list.key);
    set({ lists: [...draft.lists, list] });
  }

  const addButton = (
    <Button icon={<PlusIcon />} onClick={add} disabled={draft.lists.length >= MAX_LISTS}>
      Add a list
    </Button>
  );
  return (
    <form className={styles.page} onSubmit={save}>
      <Card
        title="Holidays"
        about={
          <>
            Lists of dates that the rules of widgets can name as days off. {draft.lists.length} of at most {MAX_LISTS}{" "}
            lists.
            {has(Scope.USERS_MANAGE) && (
              <>
                {" "}
                For the days of an outage, there are <Link href={amnestiesPath(project.siteKey)}>amnesties</Link>.
              </>
            )}
          </>
        }
        actions={draft.lists.length > 0 && addButton}
      >
        {draft.lists.length === 0 ? (
          <EmptyState title="No lists yet" action={addButton}>
            Such as one for each country or school that your users live by.
          </EmptyState>
        ) : (
          <ol className={styles.lists}>
            {draft.lists.map((list, place) => (
              <ListCard
                key={list.key}
                {...{ list }}
                isNew={list.key === added}
                usedBy={users.get(list.key) ?? []}
                problems={{
                  name: messageFor(error, `${FIELD}[${place}].name`) ?? problems.get(list.key)?.name,
                  dates: messageFor(error, `${FIELD}[${place}].dates`) ?? problems.get(list.key)?.dates,
                }}
                onChange={(part) => change(list.key, part)}
                onRemove={() => set({ lists: draft.lists.filter(({ key }) => key !== list.key) })}
              />
            ))}
          </ol>
        )}
      </Card>
      <SaveBar
        form={form}
        fields={draft.lists.flatMap((_, place) => [`${FIELD}[${place}].name`, `${FIELD}[${place}].dates`])}
        isBlocked={isBlocked}
      />
    </form>
  );
}
