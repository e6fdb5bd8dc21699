/** What Scheduler says of an invocation that it gave up: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
export interface DeadLetter {
  /** The request that could not be made. */
  readonly body: string;
  readonly attributes: {
    readonly ERROR_CODE: string;
    readonly ERROR_MESSAGE: string;
    readonly EXHAUSTED_RETRY_CONDITION: "MaximumEventAgeInSeconds" | "MaximumRetryAttempts";
    readonly RETRY_ATTEMPTS: string;
    readonly SCHEDULED_TIME: string;
    readonly SCHEDULE_ARN: string;
    readonly TARGET_ARN: string;
  };
}

/** The queues of runs that could not be started, by name. Nothing is taken out again: there is no SQS on this machine. */
export class DeadLetters {
  private readonly queues = new Map<string, DeadLetter[]>();

  put(queueArn: string, letter: DeadLetter): void {
    const name = queueArn.slice(queueArn.lastIndexOf(":") + 1);
    this.queues.set(name, [...this.of(name), letter]);
  }

  of(queueName: string): readonly DeadLetter[] {
    return this.queues.get(queueName) ?? [];
  }
}
