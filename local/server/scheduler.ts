import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { randomUUID } from "node:crypto";
import { ControlPlaneError, validationException } from "../control/errors";
import { isRecord } from "../control/constraints";
import type { Regions } from "../control/regions";
import type { LocalSchedule } from "../scheduler/schedule";
import { GROUP, type Scheduler } from "../scheduler/scheduler";

type Named = { readonly Params: { readonly name: string } };

/**
 * The protocol of EventBridge Scheduler, REST with JSON: schedules are made, read, listed and deleted.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html
 * Beside it, for the page: a run by hand, which AWS does not have.
 */
export function schedulerRoutes(app: FastifyInstance, scheduler: Scheduler, regions: Regions): void {
  const regionOf = ({ headers }: FastifyRequest): string => regions.of(headers.authorization).region;
  const answer = (reply: FastifyReply, work: () => object): FastifyReply => {
    reply.header("x-amzn-requestid", randomUUID());
    try {
      return reply.send(work());
    } catch (error) {
      if (!(error instanceof ControlPlaneError)) throw error;
      return reply.code(error.httpStatus).header("x-amzn-errortype", error.type).send({ Message: error.message });
    }
  };

  app.post<Named>("/schedules/:name", (request, reply) => answer(reply, () => ({ ScheduleArn: scheduler.create({ ...bodyOf(request), Name: request.params.name }, regionOf(request)).arn })));
  app.get<Named>("/schedules/:name", (request, reply) => answer(reply, () => described(scheduler.get(request.params.name, regionOf(request)))));
  app.delete<Named>("/schedules/:name", (request, reply) => answer(reply, () => (scheduler.delete(request.params.name, regionOf(request)), {})));
  app.get<{ readonly Querystring: { readonly NamePrefix?: string; readonly ScheduleGroup?: string; readonly State?: string } }>("/schedules", (request, reply) =>
    answer(reply, () => {
      const { NamePrefix = "", ScheduleGroup = GROUP, State } = request.query;
      const found = ScheduleGroup === GROUP ? scheduler.in(regionOf(request)).filter((schedule) => schedule.request.Name.startsWith(NamePrefix) && (State === undefined || stateOf(schedule) === State)) : [];
      return { Schedules: found.map(summary) };
    }),
  );
  app.post<Named>("/slipway/schedules/:name/run", (request, reply) =>
    answer(reply, () => {
      const { started, problem, over } = scheduler.get(request.params.name).runNow();
      return { jobName: started?.input.TransformJobName ?? null, problem: problem ?? null, over };
    }),
  );
}

const stateOf = ({ request }: LocalSchedule): string => request.State ?? "ENABLED";

/** Timestamps of REST JSON are seconds. */
const times = ({ createdAtMs }: LocalSchedule) => ({ CreationDate: createdAtMs / 1000, LastModificationDate: createdAtMs / 1000 });

const described = (schedule: LocalSchedule): object => ({ ...schedule.request, Arn: schedule.arn, GroupName: GROUP, State: stateOf(schedule), ActionAfterCompletion: "NONE", ...times(schedule) });

const summary = (schedule: LocalSchedule): object => ({ Arn: schedule.arn, Name: schedule.request.Name, GroupName: GROUP, State: stateOf(schedule), Target: { Arn: schedule.request.Target.Arn }, ...times(schedule) });

function bodyOf({ body }: FastifyRequest): object {
  let value: unknown;
  try {
    value = JSON.parse((body as Buffer | undefined)?.toString("utf8") ?? "{}");
  } catch {
    throw validationException("The request is not JSON.");
  }
  if (!isRecord(value)) throw validationException("The request must be an object.");
  const { GroupName, ClientToken, ...rest } = value;
  void ClientToken;
  if (GroupName !== undefined && GroupName !== GROUP) throw new ControlPlaneError("ResourceNotFoundException", `Schedule group ${String(GroupName)} does not exist.`, 404);
  return rest;
}
