import { useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { User } from "#gen/streak/v1/user_pb.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { ZoneField } from "../../../components/ZoneField.tsx";
import { isDate } from "../../../dates.ts";
import { messageFor } from "../../../errors.ts";
import { DaysFields } from "../ledger/DaysFields.tsx";
import { DecisionForm } from "../ledger/DecisionForm.tsx";
import styles from "../ledger/Ledger.module.css";
import { useChange } from "../ledger/use-change.ts";
import { problemOfDays } from "../ledger/use-days.ts";
import { ZonePreview } from "./ZonePreview.tsx";
import { changesNothing, isSameZone, isZone, knownZonesOf, zoneProblem } from "./zones.ts";

interface CorrectZoneProps {
  readonly siteKey: string;
  readonly user: User;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The dialog that corrects a time zone which an app has named wrongly for a user. */
export function CorrectZone(props: CorrectZoneProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title="Correct a time zone"
      about="For a zone that your app has named wrongly. Events that were dated in it get the days that they have in the right zone, so days can be added, and others can disappear. Correct the app first."
      isWide
    >
      <CorrectForm {...props} />
    </Dialog>
  );
}

function CorrectForm({ siteKey, user, onClose }: CorrectZoneProps) {
  const zones = knownZonesOf(user);
  const [wrongZone, setWrongZone] = useState(zones[0] ?? "");
  const [rightZone, setRightZone] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const daysProblem = problemOfDays(from, to, undefined);
  const isSame = isSameZone(wrongZone, rightZone);
  const isWhole =
    !isSame &&
    daysProblem === undefined &&
    [wrongZone, rightZone].every((zone) => isZone(zone, zones)) &&
    [from, to].every((day) => day === "" || isDate(day));
  const correction = {
    ...{ siteKey, userHash: user.userHash, wrongZone: wrongZone.trim(), rightZone: rightZone.trim() },
    ...(from !== "" && { from }),
    ...(to !== "" && { to }),
  };
  const change = useChange(AdminService.method.correctZone, isWhole ? correction : undefined);
  const { isReady, preview, isOld, isMaking, error, make } = change;

  return (
    <DecisionForm
      fields={["wrongZone", "rightZone", "from", "to"]}
      example="The app has named UTC for everybody, ticket 4711"
      keptIn="the audit log"
      preview={isReady && preview.error === null && <ZonePreview data={preview.data} user={user} isOld={isOld} />}
      isReady={isReady && preview.data !== undefined && !isOld && !changesNothing(preview.data, user)}
      {...{ isMaking, error, onClose }}
      label="Correct"
      make={async (reason) => {
        await make(reason);
        return "The time zone is corrected.";
      }}
    >
      <div className={styles.pair}>
        <ZoneField
          label="Wrong zone"
          hint="As the events have named it. The list has the zones that are known of this user."
          value={wrongZone}
          onValue={setWrongZone}
          error={zoneProblem(wrongZone, zones) ?? messageFor(error, "wrongZone")}
          zones={zones}
          isRequired
        />
        <ZoneField
          label="Right zone"
          hint="Where the user was on these days."
          value={rightZone}
          onValue={setRightZone}
          error={
            isSame ? "It is the wrong zone, too." : (zoneProblem(rightZone, zones) ?? messageFor(error, "rightZone"))
          }
          isRequired
        />
      </div>
      <DaysFields
        days={{ from, to, setFrom, setTo, problem: daysProblem }}
        error={error}
        aboutFrom="As the wrong zone has dated it. Empty: the first day of all."
        aboutTo="Empty: the last day of all."
        isRequired={false}
      />
    </DecisionForm>
  );
}
