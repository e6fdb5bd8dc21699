/**
 * A descriptor as written, before defaults and units. Generated from the schema
 * by `npm run generate`; do not edit.
 */

/**
 * One model as its owner writes it.
 */
export interface Descriptor {
  /**
   * The model's name: unique in the registry, and the start of every AWS name made for it. (lower-case letters, digits and single hyphens, starting with a letter)
   */
  name: string;
  /**
   * What the model does, in one sentence for whoever reads the plan.
   */
  description: string;
  /**
   * The team or person who answers for the model. (letters, digits, spaces and _ . @ / -: it becomes an AWS tag)
   */
  owner: string;
  /**
   * The AWS region that serves the model. Left out, it is the stack's own. (an AWS region that SageMaker hosts models in)
   */
  region?:
    | "af-south-1"
    | "ap-east-1"
    | "ap-east-2"
    | "ap-northeast-1"
    | "ap-northeast-2"
    | "ap-northeast-3"
    | "ap-south-1"
    | "ap-south-2"
    | "ap-southeast-1"
    | "ap-southeast-2"
    | "ap-southeast-3"
    | "ap-southeast-4"
    | "ap-southeast-5"
    | "ap-southeast-6"
    | "ap-southeast-7"
    | "ca-central-1"
    | "ca-west-1"
    | "cn-north-1"
    | "cn-northwest-1"
    | "eu-central-1"
    | "eu-central-2"
    | "eu-north-1"
    | "eu-south-1"
    | "eu-south-2"
    | "eu-west-1"
    | "eu-west-2"
    | "eu-west-3"
    | "eusc-de-east-1"
    | "il-central-1"
    | "me-central-1"
    | "me-south-1"
    | "mx-central-1"
    | "sa-east-1"
    | "us-east-1"
    | "us-east-2"
    | "us-gov-east-1"
    | "us-gov-west-1"
    | "us-west-1"
    | "us-west-2";
  /**
   * What Slipway's own container does with the artifact. Leave it out to bring a container.
   */
  runtime?: "clip-embed" | "clip-recommend" | "forecast" | "image-search";
  /**
   * A container of your own in place of a runtime. It answers SageMaker's GET /ping and POST /invocations.
   */
  container?: {
    /**
     * Image by digest. (a registry, a repository and a digest: what a tag means can change under a running endpoint)
     */
    image: string;
  };
  /**
   * The file that says what the model takes and gives, with examples. (the path of a YAML file below contracts/, counted from the registry)
   */
  contract: string;
  /**
   * Version → artifact. A version never changes: what is new is a new version.
   */
  versions: {
    /**
     * One immutable artifact.
     */
    [k: string]:
      | {
          /**
           * Where model.tar.gz lies: in S3, or in the repository, from where it is uploaded to the stack's own bucket. (s3://bucket/key.tar.gz, or ./folder/model.tar.gz in the repository)
           */
          artifact: string;
          /**
           * sha256 of the archive. The container refuses to start on any other. (64 lower-case hexadecimal digits, as sha256sum prints them)
           */
          sha256: string;
          /**
           * The KMS key that the archive is encrypted with, where it is one of the owner's own: the model's role may then decrypt with it. The key's policy must let the account. (the ARN of a KMS key, not of its alias)
           */
          kmsKey?: string;
          /**
           * Most memory that a container holds while it serves this version, as `slipway fit` measures it. Held against the instance, or the serverless size.
           */
          memory?: string;
        }
      | undefined;
  };
  /**
   * Settings of the runtime.
   */
  settings?:
    | {
        /**
         * How requests that wait for the model are computed together.
         */
        batching?: {
          /**
           * Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.
           */
          maxSize?: number;
          /**
           * How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.
           */
          maxWait?: string;
        };
        /**
         * CPU threads that one inference uses. More than the instance has vCPUs slows everything down.
         */
        threads?: number;
        /**
         * Whether an embedding is divided by its length where the request does not say.
         */
        normalize?: boolean;
      }
    | {
        /**
         * Nearest catalogue items that are scored for each request. More find more categories and take longer.
         */
        candidates?: number;
        /**
         * Most recommendations in an answer; there is at most one for each category.
         */
        maxRecommendations?: number;
        /**
         * Faults of the Stygig V4 endpoint to repeat, for callers that came to depend on them: the counts that callers ask for are not applied; every item counts as grey; every query counts as unisex. Default: none.
         */
        compatibility?: ("countIgnored" | "itemColoursGrey" | "queryUnisex")[];
        /**
         * How requests that wait for the model are computed together.
         */
        batching?: {
          /**
           * Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.
           */
          maxSize?: number;
          /**
           * How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.
           */
          maxWait?: string;
        };
        /**
         * What answers carry as the model's version. Default: the name of the version that answers.
         */
        label?: string;
        /**
         * How wide an approximate index searches: the lists visited of an IVF (nprobe), the candidates held of an HNSW (efSearch). Wider finds more and takes longer. A flat index has none. Default: what the index file says.
         */
        searchWidth?: number;
        /**
         * CPU threads that one inference uses. More than the instance has vCPUs slows everything down.
         */
        threads?: number;
      }
    | {
        /**
         * How requests that wait for the model are computed together.
         */
        batching?: {
          /**
           * Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.
           */
          maxSize?: number;
          /**
           * How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.
           */
          maxWait?: string;
        };
        /**
         * What answers carry as the model's version. Default: the name of the version that answers.
         */
        label?: string;
        /**
         * CPU threads that one inference uses. More than the instance has vCPUs slows everything down.
         */
        threads?: number;
      }
    | {
        /**
         * Reference images that an answer is drawn from.
         */
        neighbours?: number;
        /**
         * How requests that wait for the model are computed together.
         */
        batching?: {
          /**
           * Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.
           */
          maxSize?: number;
          /**
           * How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.
           */
          maxWait?: string;
        };
        /**
         * What answers carry as the model's version. Default: the name of the version that answers.
         */
        label?: string;
        /**
         * How wide an approximate index searches: the lists visited of an IVF (nprobe), the candidates held of an HNSW (efSearch). Wider finds more and takes longer. A flat index has none. Default: what the index file says.
         */
        searchWidth?: number;
        /**
         * CPU threads that one inference uses. More than the instance has vCPUs slows everything down.
         */
        threads?: number;
      };
  /**
   * Version → weight. A version's share is its weight by the sum of all; a weight of 0 deploys it and sends it nothing.
   */
  traffic: {
    /**
     * Weight; or weight and where this version differs.
     */
    [k: string]:
      | number
      | {
          /**
           * Weight of this version.
           */
          weight: number;
          /**
           * Instance type of this version, where it is another than the mode's. (a SageMaker hosting instance type)
           */
          instance?: string;
          /**
           * Instances that this version starts with, where they are more or fewer than the mode's.
           */
          instances?: number;
          /**
           * A range of this version's own. What it is scaled by, and the cooldowns, stay the mode's; its schedule does not.
           */
          scaling?: {
            /**
             * Fewest instances of this version. Without it: its instances.
             */
            min?: number;
            /**
             * Most instances of this version.
             */
            max: number;
            /**
             * Name → when, and between which counts of instances scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
             */
            schedule?: {
              /**
               * Exactly one of cron, rate and at, and a range.
               */
              [k: string]:
                | {
                    /**
                     * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                     */
                    cron?: string;
                    /**
                     * A number and minutes, hours or days.
                     */
                    rate?: string;
                    /**
                     * Once, at this date and time.
                     */
                    at?: string;
                    /**
                     * Time zone that cron and at are read in. Without it: UTC.
                     */
                    timezone?: string;
                    /**
                     * Fewest instances from then on.
                     */
                    min: number;
                    /**
                     * Most instances from then on.
                     */
                    max: number;
                  }
                | undefined;
            };
          };
        }
      | undefined;
  };
  /**
   * How the model is served: one mode or several.
   */
  serving: {
    /**
     * A queue in front of instances, for requests that take minutes; may scale to zero.
     */
    async?: {
      /**
       * Instance type that hosts the model.
       */
      instance: string;
      /**
       * Instances to start with; scaling takes over from there, down to scaling.min.
       */
      instances?: number;
      /**
       * Requests that one instance works on at once.
       */
      concurrency?: number;
      /**
       * A request that is worked on for longer fails.
       */
      timeout?: string;
      /**
       * A request that waits for longer is given up.
       */
      requestTtl?: string;
      /**
       * How long a container may take to answer its health check after the start.
       */
      startupTimeout?: string;
      /**
       * Adds and takes away instances by the requests that wait.
       */
      scaling?: {
        /**
         * Fewest instances; 0 lets the endpoint sleep while nothing waits.
         */
        min?: number;
        /**
         * Most instances.
         */
        max?: number;
        /**
         * Requests for each instance, waiting or worked on, that scaling aims at.
         */
        backlogPerInstance?: number;
        /**
         * How long to wait after a scaling step before the next.
         */
        cooldown?: {
          /**
           * After instances were added.
           */
          out?: string;
          /**
           * After instances were taken away.
           */
          in?: string;
        };
        /**
         * Name → when, and between which counts of instances scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
         */
        schedule?: {
          /**
           * Exactly one of cron, rate and at, and a range.
           */
          [k: string]:
            | {
                /**
                 * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                 */
                cron?: string;
                /**
                 * A number and minutes, hours or days.
                 */
                rate?: string;
                /**
                 * Once, at this date and time.
                 */
                at?: string;
                /**
                 * Time zone that cron and at are read in. Without it: UTC.
                 */
                timezone?: string;
                /**
                 * Fewest instances from then on.
                 */
                min: number;
                /**
                 * Most instances from then on.
                 */
                max: number;
              }
            | undefined;
        };
      };
      /**
       * Two SNS topics that say when a request is done; a program may subscribe to them too.
       */
      notifications?: {
        /**
         * Who is mailed about each answer.
         *
         * @maxItems 10
         *
         * Items: An e-mail address; AWS asks it to confirm once. (an e-mail address)
         */
        success?:
          | []
          | [string]
          | [string, string]
          | [string, string, string]
          | [string, string, string, string]
          | [string, string, string, string, string]
          | [string, string, string, string, string, string]
          | [string, string, string, string, string, string, string]
          | [string, string, string, string, string, string, string, string]
          | [string, string, string, string, string, string, string, string, string]
          | [string, string, string, string, string, string, string, string, string, string];
        /**
         * Who is mailed about each failure.
         *
         * @maxItems 10
         *
         * Items: An e-mail address; AWS asks it to confirm once. (an e-mail address)
         */
        error?:
          | []
          | [string]
          | [string, string]
          | [string, string, string]
          | [string, string, string, string]
          | [string, string, string, string, string]
          | [string, string, string, string, string, string]
          | [string, string, string, string, string, string, string]
          | [string, string, string, string, string, string, string, string]
          | [string, string, string, string, string, string, string, string, string]
          | [string, string, string, string, string, string, string, string, string, string];
        /**
         * Send answer or error along, where it has at most 128 KB.
         */
        includeResponse?: boolean;
      };
      /**
       * Days that requests, answers and failures stay in the bucket.
       */
      retentionDays?: number;
      /**
       * The load that the monthly cost is stated at; changes nothing that is deployed.
       */
      load?: {
        /**
         * Requests a month.
         */
        requestsPerMonth?: number;
        /**
         * Time a request takes in the container.
         */
        duration?: string;
      };
    };
    /**
     * Every version behind one endpoint, loaded when it is asked for by name.
     */
    multiModel?: {
      /**
       * Instance type that hosts the model.
       */
      instance: string;
      /**
       * Instances to start with; never fewer than scaling.min.
       */
      instances?: number;
      /**
       * Adds and takes away instances by load. Without it the count stays at instances.
       */
      scaling?: {
        /**
         * Fewest instances of a version. Real-time endpoints cannot scale to zero. Default: instances.
         */
        min?: number;
        /**
         * Most instances of a version.
         */
        max: number;
        /**
         * Keep the processor use of an instance near this.
         */
        cpu?: string;
        /**
         * Keep the GPU use of an instance near this.
         */
        gpu?: string;
        /**
         * Requests a second that one instance takes at its limit; instances are added at half of it.
         */
        requestsPerSecond?: number;
        /**
         * How long to wait after a scaling step before the next.
         */
        cooldown?: {
          /**
           * After instances were added.
           */
          out?: string;
          /**
           * After instances were taken away.
           */
          in?: string;
        };
        /**
         * Name → when, and between which counts of instances scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
         */
        schedule?: {
          /**
           * Exactly one of cron, rate and at, and a range.
           */
          [k: string]:
            | {
                /**
                 * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                 */
                cron?: string;
                /**
                 * A number and minutes, hours or days.
                 */
                rate?: string;
                /**
                 * Once, at this date and time.
                 */
                at?: string;
                /**
                 * Time zone that cron and at are read in. Without it: UTC.
                 */
                timezone?: string;
                /**
                 * Fewest instances from then on.
                 */
                min: number;
                /**
                 * Most instances from then on.
                 */
                max: number;
              }
            | undefined;
        };
      };
      /**
       * A request that takes longer is answered 504.
       */
      timeout?: string;
      /**
       * How long a container may take to answer its health check after the start.
       */
      startupTimeout?: string;
      /**
       * Keep versions in memory for the next request. Off suits many versions that are each asked for rarely.
       */
      cache?: boolean;
      /**
       * What the container and all versions may hold together; beyond it the version used longest ago leaves memory. Default: nine tenths of the instance's.
       */
      memory?: string;
    };
    /**
     * Instances that are always on, one set for each version in the traffic.
     */
    realtime?: {
      /**
       * Instance type that hosts the model.
       */
      instance: string;
      /**
       * Instances to start with, for each version in the traffic; never fewer than scaling.min.
       */
      instances?: number;
      /**
       * Adds and takes away instances of each version by load. Without it the count stays at instances.
       */
      scaling?: {
        /**
         * Fewest instances of a version. Real-time endpoints cannot scale to zero. Default: instances.
         */
        min?: number;
        /**
         * Most instances of a version.
         */
        max: number;
        /**
         * Keep the processor use of an instance near this.
         */
        cpu?: string;
        /**
         * Keep the GPU use of an instance near this.
         */
        gpu?: string;
        /**
         * Requests a second that one instance takes at its limit; instances are added at half of it.
         */
        requestsPerSecond?: number;
        /**
         * How long to wait after a scaling step before the next.
         */
        cooldown?: {
          /**
           * After instances were added.
           */
          out?: string;
          /**
           * After instances were taken away.
           */
          in?: string;
        };
        /**
         * Name → when, and between which counts of instances scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
         */
        schedule?: {
          /**
           * Exactly one of cron, rate and at, and a range.
           */
          [k: string]:
            | {
                /**
                 * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                 */
                cron?: string;
                /**
                 * A number and minutes, hours or days.
                 */
                rate?: string;
                /**
                 * Once, at this date and time.
                 */
                at?: string;
                /**
                 * Time zone that cron and at are read in. Without it: UTC.
                 */
                timezone?: string;
                /**
                 * Fewest instances from then on.
                 */
                min: number;
                /**
                 * Most instances from then on.
                 */
                max: number;
              }
            | undefined;
        };
      };
      /**
       * A request that takes longer is answered 504.
       */
      timeout?: string;
      /**
       * How long a container may take to answer its health check after the start.
       */
      startupTimeout?: string;
      /**
       * How long SageMaker may take to bring the artifact to an instance. Without it, SageMaker's own limit.
       */
      downloadTimeout?: string;
      /**
       * Which instance of a version answers: the one with the fewest requests, or any.
       */
      routing?: "leastOutstanding" | "random";
      /**
       * Keeps copies of requests and answers in the stack's data bucket.
       */
      capture?: {
        /**
         * Share of the requests that is kept.
         */
        percent: string;
        /**
         * Whether requests are kept. Without it they are.
         */
        input?: boolean;
        /**
         * Whether answers are kept. Without it they are.
         */
        output?: boolean;
        /**
         * Days until a copy is deleted. Without it: 30.
         */
        retentionDays?: number;
      };
    };
    /**
     * Containers that come up on demand and cost nothing while idle; one version at a time.
     */
    serverless?: {
      /**
       * Memory of a container, 1024 MiB to 6144 MiB in whole GiB. Processor share grows with it.
       */
      memory?: string;
      /**
       * Requests answered at once; more are throttled. All serverless endpoints of an account share one quota.
       */
      concurrency?: number;
      /**
       * Containers that are kept warm, and paid for by the hour, so that no request waits for a cold start. At most concurrency.
       */
      provisioned?: number;
      /**
       * Keeps more or fewer containers warm by how busy they are. Without it, always provisioned.
       */
      scaling?: {
        /**
         * Fewest containers kept warm.
         */
        min: number;
        /**
         * Most containers kept warm. At most concurrency.
         */
        max: number;
        /**
         * Keep the share of warm containers that are busy near this.
         */
        utilization: string;
        /**
         * Name → when, and between which counts of containers kept warm scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
         */
        schedule?: {
          /**
           * Exactly one of cron, rate and at, and a range.
           */
          [k: string]:
            | {
                /**
                 * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                 */
                cron?: string;
                /**
                 * A number and minutes, hours or days.
                 */
                rate?: string;
                /**
                 * Once, at this date and time.
                 */
                at?: string;
                /**
                 * Time zone that cron and at are read in. Without it: UTC.
                 */
                timezone?: string;
                /**
                 * Fewest containers kept warm from then on.
                 */
                min: number;
                /**
                 * Most containers kept warm from then on.
                 */
                max: number;
              }
            | undefined;
        };
      };
      /**
       * A request that takes longer is answered 504.
       */
      timeout?: string;
      /**
       * The load that the monthly cost is stated at; changes nothing that is deployed.
       */
      load?: {
        /**
         * Requests a month.
         */
        requestsPerMonth?: number;
        /**
         * Time a request takes in the container.
         */
        duration?: string;
      };
    };
    /**
     * An Elastic Beanstalk environment on the Docker platform, behind a load balancer.
     */
    beanstalk?: {
      /**
       * EC2 instance type. (an EC2 instance type, without the ml. of SageMaker)
       */
      instance?: string;
      /**
       * How many instances the group holds.
       */
      instances?: {
        /**
         * Fewest instances.
         */
        min?: number;
        /**
         * Most instances.
         */
        max?: number;
      };
      /**
       * When an instance is added or taken away.
       */
      scaling?: {
        /**
         * Average processor use above which an instance is added; at less than half of it one is taken away.
         */
        cpu?: string;
        /**
         * How long to wait after a scaling step before the next.
         */
        cooldown?: string;
      };
      /**
       * Root volume (gp3).
       */
      volume?: string;
      /**
       * Operations a second of the volume; 3000 come with every gp3.
       */
      iops?: number;
      /**
       * Throughput of the volume in a second; 125 MiB come with every gp3.
       */
      throughput?: string;
      /**
       * Who reaches the load balancer: the VPC, or everybody. Everybody only over TLS.
       */
      exposure?: "internal" | "public";
      /**
       * Certificate of the load balancer. With it the environment speaks HTTPS alone. (the ARN of a certificate in AWS Certificate Manager)
       */
      certificate?: string;
      /**
       * The name in the certificate. Point it at the load balancer in your DNS; callers use it. (a whole host name in lower case)
       */
      hostname?: string;
      /**
       * A request that takes longer is answered 504.
       */
      timeout?: string;
      /**
       * A larger request is answered 413.
       */
      maxBody?: string;
      /**
       * Where the load balancer asks an instance how it is. (a path that starts with a slash)
       */
      healthPath?: string;
    };
    /**
     * Jobs that answer whole files of requests, on a schedule or by hand; nothing runs between them.
     */
    batch?: {
      /**
       * Instance type that runs the job. (a SageMaker instance type)
       */
      instance: string;
      /**
       * Instances that share the input's files; more than there are files stay idle.
       */
      instances?: number;
      /**
       * The version that answers; the one with the largest share of the traffic where none is named.
       */
      version?: string;
      /**
       * When a run starts by itself: exactly one of cron, rate and at. Without a schedule runs are started by hand.
       */
      schedule?: {
        /**
         * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
         */
        cron?: string;
        /**
         * A number and minutes, hours or days.
         */
        rate?: string;
        /**
         * Once, at this date and time.
         */
        at?: string;
        /**
         * Time zone that cron and at are read in.
         */
        timezone?: string;
        /**
         * How late a run may start, in whole minutes; 0s: on the minute.
         */
        window?: string;
        /**
         * How often starting a run is tried again. A retry whose first attempt was only slow to answer runs twice.
         */
        retries?: number;
        /**
         * How late a run may still be started; after that it goes to the dead-letter queue.
         */
        giveUpAfter?: string;
      };
      /**
       * What is read.
       */
      input?: {
        /**
         * Folder below the model's batch folder in the stack's data bucket: every object in it is read. (folders that each end in a slash)
         */
        prefix?: string;
        /**
         * What an object holds: one request a line as JSON or CSV, or one JSON document.
         */
        format?: "json-lines" | "json" | "csv";
        /**
         * Whether each line is a request, or the whole object is.
         */
        split?: "line" | "none";
        /**
         * JSONPath that picks the part of each record that is sent to the model. (a JSONPath, which begins with $)
         */
        filter?: string;
      };
      /**
       * What is written: one object for each that was read, its name with .out behind, in a folder for each run.
       */
      output?: {
        /**
         * Folder below the model's batch folder in the stack's data bucket. (folders that each end in a slash)
         */
        prefix?: string;
        /**
         * Whether a line break is put between two answers.
         */
        assemble?: "line" | "none";
        /**
         * JSONPath that picks the part of each answer, joined with its input where joinInput says so, that is written. (a JSONPath, which begins with $)
         */
        filter?: string;
      };
      /**
       * Whether a request carries as many records as fit, or one.
       */
      strategy?: "multiRecord" | "singleRecord";
      /**
       * Largest request to the model. A record that is larger fails the run.
       */
      maxPayload?: string;
      /**
       * Requests that each instance is sent at once.
       */
      concurrency?: number;
      /**
       * A request to the model that takes longer is tried again.
       */
      timeout?: string;
      /**
       * How often a request to the model is tried again before the run fails.
       */
      retries?: number;
      /**
       * Whether each answer is written together with the record it answers.
       */
      joinInput?: boolean;
      /**
       * KMS key that encrypts the disks of the instances, in place of the stack's own. (the ARN of a key in KMS)
       */
      volumeKey?: string;
      /**
       * What the monthly cost is stated at; changes nothing that is deployed.
       */
      load?: {
        /**
         * Time a run takes, start of the instances included.
         */
        duration?: string;
      };
    };
  };
  /**
   * One version that gets a copy of a share of the requests. Its answers are thrown away; its instances are paid for.
   */
  shadow?: {
    /**
     * Share of the requests that is copied.
     */
    [k: string]: string | undefined;
  };
  /**
   * How the endpoint moves to another config, and what takes it back. Without it: all at once, watched for five minutes.
   */
  rollout?: {
    /**
     * All of the traffic moves to the new instances at once.
     */
    allAtOnce?: {
      /**
       * How long to wait after each shift, and after the last, while the rollback alarms are watched.
       */
      wait?: string;
    };
    /**
     * A part of the traffic moves first; the rest follows when no rollback alarm fired.
     */
    canary?: {
      /**
       * Share of the new instances that gets traffic first.
       */
      size: string;
      /**
       * How long to wait after each shift, and after the last, while the rollback alarms are watched.
       */
      wait: string;
    };
    /**
     * The traffic moves in equal steps.
     */
    linear?: {
      /**
       * Share of the new instances that gets traffic with each step.
       */
      step: string;
      /**
       * How long to wait after each shift, and after the last, while the rollback alarms are watched.
       */
      wait: string;
    };
    /**
     * Instances are replaced batch by batch: no second fleet to pay for. One version in the traffic only.
     */
    rolling?: {
      /**
       * Share of the instances that is replaced at a time.
       */
      batch: string;
      /**
       * How long to wait after each shift, and after the last, while the rollback alarms are watched.
       */
      wait: string;
    };
    /**
     * How long the old instances stay after the last wait.
     */
    terminationWait?: string;
    /**
     * A rollout that takes longer is taken back.
     */
    maximumExecution?: string;
  };
  /**
   * What the model is watched for. Every alarm has defaults; one that the mode has no metric for is left out.
   */
  alarms?: {
    /**
     * When the model answers too slowly (ModelLatency). Write off to go without. (off, or above: with a threshold)
     */
    latency?:
      | {
          /**
           * Time the container may take for an answer.
           */
          above?: string;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When answers are 5XX, or requests of an async queue fail. Write off to go without. (off, or above: with a threshold)
     */
    serverErrors?:
      | {
          /**
           * Number in one period.
           */
          above?: number;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When requests are refused with 4XX. Write off to go without. (off, or above: with a threshold)
     */
    clientErrors?:
      | {
          /**
           * Number in one period.
           */
          above?: number;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When processors are busy. Write off to go without. (off, or above: with a threshold)
     */
    cpu?:
      | {
          /**
           * Share of the whole instance.
           */
          above?: string;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When memory runs out. Write off to go without. (off, or above: with a threshold)
     */
    memory?:
      | {
          /**
           * Share of the whole instance.
           */
          above?: string;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When the first request in an async queue waits too long (ApproximateAgeOfOldestRequest). Write off to go without. (off, or above: with a threshold)
     */
    backlogAge?:
      | {
          /**
           * Time the first in the queue may wait.
           */
          above?: string;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When requests of a multi-model endpoint wait too long for their version (ModelLoadingWaitTime). Write off to go without. (off, or above: with a threshold)
     */
    loadingWait?:
      | {
          /**
           * Time a request may wait for its version.
           */
          above?: string;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When GPUs are busy. Left out on instances that have none. Write off to go without. (off, or above: with a threshold)
     */
    gpu?:
      | {
          /**
           * Share of the whole instance.
           */
          above?: string;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When a serverless container takes too long to come up (ModelSetupTime). Write off to go without. (off, or above: with a threshold)
     */
    coldStart?:
      | {
          /**
           * Time a container may take to come up.
           */
          above?: string;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When requests find no container kept warm and go to one on demand. Left out without provisioned. Write off to go without. (off, or above: with a threshold)
     */
    spillover?:
      | {
          /**
           * Number in one period.
           */
          above?: number;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When the containers kept warm are busy. Watched only where it is written. Write off to go without. (off, or above: with a threshold)
     */
    provisionedUse?:
      | {
          /**
           * Share of the whole instance.
           */
          above?: string;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
    /**
     * When requests of an async queue are given up because they waited too long. Write off to go without. (off, or above: with a threshold)
     */
    expiredRequests?:
      | {
          /**
           * Number in one period.
           */
          above?: number;
          /**
           * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
           */
          statistic?: string;
          /**
           * Length of a period, in whole minutes.
           */
          period?: string;
          /**
           * How many of the latest periods are looked at.
           */
          evaluationPeriods?: number;
          /**
           * How many of them must be above the threshold.
           */
          datapointsToAlarm?: number;
        }
      | string;
  };
  /**
   * What answers the same contract when the endpoint does not.
   */
  fallback?: {
    /**
     * An Elastic Beanstalk environment on the Docker platform: ordinary EC2 instances behind a load balancer.
     */
    beanstalk?: {
      /**
       * EC2 instance type. (an EC2 instance type, without the ml. of SageMaker)
       */
      instance?: string;
      /**
       * How many instances the group holds.
       */
      instances?: {
        /**
         * Fewest instances.
         */
        min?: number;
        /**
         * Most instances.
         */
        max?: number;
      };
      /**
       * When an instance is added or taken away.
       */
      scaling?: {
        /**
         * Average processor use above which an instance is added; at less than half of it one is taken away.
         */
        cpu?: string;
        /**
         * How long to wait after a scaling step before the next.
         */
        cooldown?: string;
      };
      /**
       * Root volume (gp3).
       */
      volume?: string;
      /**
       * Operations a second of the volume; 3000 come with every gp3.
       */
      iops?: number;
      /**
       * Throughput of the volume in a second; 125 MiB come with every gp3.
       */
      throughput?: string;
      /**
       * Who reaches the load balancer: the VPC, or everybody. Everybody only over TLS.
       */
      exposure?: "internal" | "public";
      /**
       * Certificate of the load balancer. With it the environment speaks HTTPS alone. (the ARN of a certificate in AWS Certificate Manager)
       */
      certificate?: string;
      /**
       * The name in the certificate. Point it at the load balancer in your DNS; callers use it. (a whole host name in lower case)
       */
      hostname?: string;
      /**
       * A request that takes longer is answered 504.
       */
      timeout?: string;
      /**
       * A larger request is answered 413.
       */
      maxBody?: string;
      /**
       * Where the load balancer asks an instance how it is. (a path that starts with a slash)
       */
      healthPath?: string;
    };
  } | null;
  /**
   * Environment → what is different there: an RFC 7386 merge patch. The stack's name picks it; null removes.
   */
  environments?: {
    /**
     * What is different in this environment.
     */
    [k: string]:
      | {
          /**
           * What the model is watched for. Every alarm has defaults; one that the mode has no metric for is left out.
           */
          alarms?: {
            /**
             * When the model answers too slowly (ModelLatency). Write off to go without. (off, or above: with a threshold)
             */
            latency?:
              | {
                  /**
                   * Time the container may take for an answer.
                   */
                  above?: string | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When answers are 5XX, or requests of an async queue fail. Write off to go without. (off, or above: with a threshold)
             */
            serverErrors?:
              | {
                  /**
                   * Number in one period.
                   */
                  above?: number | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When requests are refused with 4XX. Write off to go without. (off, or above: with a threshold)
             */
            clientErrors?:
              | {
                  /**
                   * Number in one period.
                   */
                  above?: number | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When processors are busy. Write off to go without. (off, or above: with a threshold)
             */
            cpu?:
              | {
                  /**
                   * Share of the whole instance.
                   */
                  above?: string | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When memory runs out. Write off to go without. (off, or above: with a threshold)
             */
            memory?:
              | {
                  /**
                   * Share of the whole instance.
                   */
                  above?: string | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When the first request in an async queue waits too long (ApproximateAgeOfOldestRequest). Write off to go without. (off, or above: with a threshold)
             */
            backlogAge?:
              | {
                  /**
                   * Time the first in the queue may wait.
                   */
                  above?: string | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When requests of a multi-model endpoint wait too long for their version (ModelLoadingWaitTime). Write off to go without. (off, or above: with a threshold)
             */
            loadingWait?:
              | {
                  /**
                   * Time a request may wait for its version.
                   */
                  above?: string | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When GPUs are busy. Left out on instances that have none. Write off to go without. (off, or above: with a threshold)
             */
            gpu?:
              | {
                  /**
                   * Share of the whole instance.
                   */
                  above?: string | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When a serverless container takes too long to come up (ModelSetupTime). Write off to go without. (off, or above: with a threshold)
             */
            coldStart?:
              | {
                  /**
                   * Time a container may take to come up.
                   */
                  above?: string | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When requests find no container kept warm and go to one on demand. Left out without provisioned. Write off to go without. (off, or above: with a threshold)
             */
            spillover?:
              | {
                  /**
                   * Number in one period.
                   */
                  above?: number | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When the containers kept warm are busy. Watched only where it is written. Write off to go without. (off, or above: with a threshold)
             */
            provisionedUse?:
              | {
                  /**
                   * Share of the whole instance.
                   */
                  above?: string | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
            /**
             * When requests of an async queue are given up because they waited too long. Write off to go without. (off, or above: with a threshold)
             */
            expiredRequests?:
              | {
                  /**
                   * Number in one period.
                   */
                  above?: number | null;
                  /**
                   * How the measurements of a period become one number. (Average, Maximum, Minimum, Sum or a percentile like p99)
                   */
                  statistic?: string | null;
                  /**
                   * Length of a period, in whole minutes.
                   */
                  period?: string | null;
                  /**
                   * How many of the latest periods are looked at.
                   */
                  evaluationPeriods?: number | null;
                  /**
                   * How many of them must be above the threshold.
                   */
                  datapointsToAlarm?: number | null;
                }
              | string
              | null;
          } | null;
          /**
           * What answers the same contract when the endpoint does not.
           */
          fallback?: {
            /**
             * An Elastic Beanstalk environment on the Docker platform: ordinary EC2 instances behind a load balancer.
             */
            beanstalk?: {
              /**
               * EC2 instance type. (an EC2 instance type, without the ml. of SageMaker)
               */
              instance?: string | null;
              /**
               * How many instances the group holds.
               */
              instances?: {
                /**
                 * Fewest instances.
                 */
                min?: number | null;
                /**
                 * Most instances.
                 */
                max?: number | null;
              } | null;
              /**
               * When an instance is added or taken away.
               */
              scaling?: {
                /**
                 * Average processor use above which an instance is added; at less than half of it one is taken away.
                 */
                cpu?: string | null;
                /**
                 * How long to wait after a scaling step before the next.
                 */
                cooldown?: string | null;
              } | null;
              /**
               * Root volume (gp3).
               */
              volume?: string | null;
              /**
               * Operations a second of the volume; 3000 come with every gp3.
               */
              iops?: number | null;
              /**
               * Throughput of the volume in a second; 125 MiB come with every gp3.
               */
              throughput?: string | null;
              /**
               * Who reaches the load balancer: the VPC, or everybody. Everybody only over TLS.
               */
              exposure?: "internal" | "public" | null;
              /**
               * Certificate of the load balancer. With it the environment speaks HTTPS alone. (the ARN of a certificate in AWS Certificate Manager)
               */
              certificate?: string | null;
              /**
               * The name in the certificate. Point it at the load balancer in your DNS; callers use it. (a whole host name in lower case)
               */
              hostname?: string | null;
              /**
               * A request that takes longer is answered 504.
               */
              timeout?: string | null;
              /**
               * A larger request is answered 413.
               */
              maxBody?: string | null;
              /**
               * Where the load balancer asks an instance how it is. (a path that starts with a slash)
               */
              healthPath?: string | null;
            } | null;
          } | null;
          /**
           * The AWS region that serves the model. Left out, it is the stack's own. (an AWS region that SageMaker hosts models in)
           */
          region?:
            | "af-south-1"
            | "ap-east-1"
            | "ap-east-2"
            | "ap-northeast-1"
            | "ap-northeast-2"
            | "ap-northeast-3"
            | "ap-south-1"
            | "ap-south-2"
            | "ap-southeast-1"
            | "ap-southeast-2"
            | "ap-southeast-3"
            | "ap-southeast-4"
            | "ap-southeast-5"
            | "ap-southeast-6"
            | "ap-southeast-7"
            | "ca-central-1"
            | "ca-west-1"
            | "cn-north-1"
            | "cn-northwest-1"
            | "eu-central-1"
            | "eu-central-2"
            | "eu-north-1"
            | "eu-south-1"
            | "eu-south-2"
            | "eu-west-1"
            | "eu-west-2"
            | "eu-west-3"
            | "eusc-de-east-1"
            | "il-central-1"
            | "me-central-1"
            | "me-south-1"
            | "mx-central-1"
            | "sa-east-1"
            | "us-east-1"
            | "us-east-2"
            | "us-gov-east-1"
            | "us-gov-west-1"
            | "us-west-1"
            | "us-west-2"
            | null;
          /**
           * How the endpoint moves to another config, and what takes it back. Without it: all at once, watched for five minutes.
           */
          rollout?: {
            /**
             * All of the traffic moves to the new instances at once.
             */
            allAtOnce?: {
              /**
               * How long to wait after each shift, and after the last, while the rollback alarms are watched.
               */
              wait?: string | null;
            } | null;
            /**
             * A part of the traffic moves first; the rest follows when no rollback alarm fired.
             */
            canary?: {
              /**
               * Share of the new instances that gets traffic first.
               */
              size?: string | null;
              /**
               * How long to wait after each shift, and after the last, while the rollback alarms are watched.
               */
              wait?: string | null;
            } | null;
            /**
             * The traffic moves in equal steps.
             */
            linear?: {
              /**
               * Share of the new instances that gets traffic with each step.
               */
              step?: string | null;
              /**
               * How long to wait after each shift, and after the last, while the rollback alarms are watched.
               */
              wait?: string | null;
            } | null;
            /**
             * Instances are replaced batch by batch: no second fleet to pay for. One version in the traffic only.
             */
            rolling?: {
              /**
               * Share of the instances that is replaced at a time.
               */
              batch?: string | null;
              /**
               * How long to wait after each shift, and after the last, while the rollback alarms are watched.
               */
              wait?: string | null;
            } | null;
            /**
             * How long the old instances stay after the last wait.
             */
            terminationWait?: string | null;
            /**
             * A rollout that takes longer is taken back.
             */
            maximumExecution?: string | null;
          } | null;
          /**
           * How the model is served: one mode or several.
           */
          serving?: {
            /**
             * A queue in front of instances, for requests that take minutes; may scale to zero.
             */
            async?: {
              /**
               * Instance type that hosts the model.
               */
              instance?: string | null;
              /**
               * Instances to start with; scaling takes over from there, down to scaling.min.
               */
              instances?: number | null;
              /**
               * Requests that one instance works on at once.
               */
              concurrency?: number | null;
              /**
               * A request that is worked on for longer fails.
               */
              timeout?: string | null;
              /**
               * A request that waits for longer is given up.
               */
              requestTtl?: string | null;
              /**
               * How long a container may take to answer its health check after the start.
               */
              startupTimeout?: string | null;
              /**
               * Adds and takes away instances by the requests that wait.
               */
              scaling?: {
                /**
                 * Fewest instances; 0 lets the endpoint sleep while nothing waits.
                 */
                min?: number | null;
                /**
                 * Most instances.
                 */
                max?: number | null;
                /**
                 * Requests for each instance, waiting or worked on, that scaling aims at.
                 */
                backlogPerInstance?: number | null;
                /**
                 * How long to wait after a scaling step before the next.
                 */
                cooldown?: {
                  /**
                   * After instances were added.
                   */
                  out?: string | null;
                  /**
                   * After instances were taken away.
                   */
                  in?: string | null;
                } | null;
                /**
                 * Name → when, and between which counts of instances scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
                 */
                schedule?: {
                  /**
                   * Exactly one of cron, rate and at, and a range.
                   */
                  [k: string]:
                    | {
                        /**
                         * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                         */
                        cron?: string | null;
                        /**
                         * A number and minutes, hours or days.
                         */
                        rate?: string | null;
                        /**
                         * Once, at this date and time.
                         */
                        at?: string | null;
                        /**
                         * Time zone that cron and at are read in. Without it: UTC.
                         */
                        timezone?: string | null;
                        /**
                         * Fewest instances from then on.
                         */
                        min?: number | null;
                        /**
                         * Most instances from then on.
                         */
                        max?: number | null;
                      }
                    | null
                    | undefined;
                } | null;
              } | null;
              /**
               * Two SNS topics that say when a request is done; a program may subscribe to them too.
               */
              notifications?: {
                /**
                 * Who is mailed about each answer.
                 *
                 * @maxItems 10
                 */
                success?:
                  | []
                  | [string]
                  | [string, string]
                  | [string, string, string]
                  | [string, string, string, string]
                  | [string, string, string, string, string]
                  | [string, string, string, string, string, string]
                  | [string, string, string, string, string, string, string]
                  | [string, string, string, string, string, string, string, string]
                  | [string, string, string, string, string, string, string, string, string]
                  | [string, string, string, string, string, string, string, string, string, string]
                  | null;
                /**
                 * Who is mailed about each failure.
                 *
                 * @maxItems 10
                 */
                error?:
                  | []
                  | [string]
                  | [string, string]
                  | [string, string, string]
                  | [string, string, string, string]
                  | [string, string, string, string, string]
                  | [string, string, string, string, string, string]
                  | [string, string, string, string, string, string, string]
                  | [string, string, string, string, string, string, string, string]
                  | [string, string, string, string, string, string, string, string, string]
                  | [string, string, string, string, string, string, string, string, string, string]
                  | null;
                /**
                 * Send answer or error along, where it has at most 128 KB.
                 */
                includeResponse?: boolean | null;
              } | null;
              /**
               * Days that requests, answers and failures stay in the bucket.
               */
              retentionDays?: number | null;
              /**
               * The load that the monthly cost is stated at; changes nothing that is deployed.
               */
              load?: {
                /**
                 * Requests a month.
                 */
                requestsPerMonth?: number | null;
                /**
                 * Time a request takes in the container.
                 */
                duration?: string | null;
              } | null;
            } | null;
            /**
             * Every version behind one endpoint, loaded when it is asked for by name.
             */
            multiModel?: {
              /**
               * Instance type that hosts the model.
               */
              instance?: string | null;
              /**
               * Instances to start with; never fewer than scaling.min.
               */
              instances?: number | null;
              /**
               * Adds and takes away instances by load. Without it the count stays at instances.
               */
              scaling?: {
                /**
                 * Fewest instances of a version. Real-time endpoints cannot scale to zero. Default: instances.
                 */
                min?: number | null;
                /**
                 * Most instances of a version.
                 */
                max?: number | null;
                /**
                 * Keep the processor use of an instance near this.
                 */
                cpu?: string | null;
                /**
                 * Keep the GPU use of an instance near this.
                 */
                gpu?: string | null;
                /**
                 * Requests a second that one instance takes at its limit; instances are added at half of it.
                 */
                requestsPerSecond?: number | null;
                /**
                 * How long to wait after a scaling step before the next.
                 */
                cooldown?: {
                  /**
                   * After instances were added.
                   */
                  out?: string | null;
                  /**
                   * After instances were taken away.
                   */
                  in?: string | null;
                } | null;
                /**
                 * Name → when, and between which counts of instances scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
                 */
                schedule?: {
                  /**
                   * Exactly one of cron, rate and at, and a range.
                   */
                  [k: string]:
                    | {
                        /**
                         * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                         */
                        cron?: string | null;
                        /**
                         * A number and minutes, hours or days.
                         */
                        rate?: string | null;
                        /**
                         * Once, at this date and time.
                         */
                        at?: string | null;
                        /**
                         * Time zone that cron and at are read in. Without it: UTC.
                         */
                        timezone?: string | null;
                        /**
                         * Fewest instances from then on.
                         */
                        min?: number | null;
                        /**
                         * Most instances from then on.
                         */
                        max?: number | null;
                      }
                    | null
                    | undefined;
                } | null;
              } | null;
              /**
               * A request that takes longer is answered 504.
               */
              timeout?: string | null;
              /**
               * How long a container may take to answer its health check after the start.
               */
              startupTimeout?: string | null;
              /**
               * Keep versions in memory for the next request. Off suits many versions that are each asked for rarely.
               */
              cache?: boolean | null;
              /**
               * What the container and all versions may hold together; beyond it the version used longest ago leaves memory. Default: nine tenths of the instance's.
               */
              memory?: string | null;
            } | null;
            /**
             * Instances that are always on, one set for each version in the traffic.
             */
            realtime?: {
              /**
               * Instance type that hosts the model.
               */
              instance?: string | null;
              /**
               * Instances to start with, for each version in the traffic; never fewer than scaling.min.
               */
              instances?: number | null;
              /**
               * Adds and takes away instances of each version by load. Without it the count stays at instances.
               */
              scaling?: {
                /**
                 * Fewest instances of a version. Real-time endpoints cannot scale to zero. Default: instances.
                 */
                min?: number | null;
                /**
                 * Most instances of a version.
                 */
                max?: number | null;
                /**
                 * Keep the processor use of an instance near this.
                 */
                cpu?: string | null;
                /**
                 * Keep the GPU use of an instance near this.
                 */
                gpu?: string | null;
                /**
                 * Requests a second that one instance takes at its limit; instances are added at half of it.
                 */
                requestsPerSecond?: number | null;
                /**
                 * How long to wait after a scaling step before the next.
                 */
                cooldown?: {
                  /**
                   * After instances were added.
                   */
                  out?: string | null;
                  /**
                   * After instances were taken away.
                   */
                  in?: string | null;
                } | null;
                /**
                 * Name → when, and between which counts of instances scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
                 */
                schedule?: {
                  /**
                   * Exactly one of cron, rate and at, and a range.
                   */
                  [k: string]:
                    | {
                        /**
                         * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                         */
                        cron?: string | null;
                        /**
                         * A number and minutes, hours or days.
                         */
                        rate?: string | null;
                        /**
                         * Once, at this date and time.
                         */
                        at?: string | null;
                        /**
                         * Time zone that cron and at are read in. Without it: UTC.
                         */
                        timezone?: string | null;
                        /**
                         * Fewest instances from then on.
                         */
                        min?: number | null;
                        /**
                         * Most instances from then on.
                         */
                        max?: number | null;
                      }
                    | null
                    | undefined;
                } | null;
              } | null;
              /**
               * A request that takes longer is answered 504.
               */
              timeout?: string | null;
              /**
               * How long a container may take to answer its health check after the start.
               */
              startupTimeout?: string | null;
              /**
               * How long SageMaker may take to bring the artifact to an instance. Without it, SageMaker's own limit.
               */
              downloadTimeout?: string | null;
              /**
               * Which instance of a version answers: the one with the fewest requests, or any.
               */
              routing?: "leastOutstanding" | "random" | null;
              /**
               * Keeps copies of requests and answers in the stack's data bucket.
               */
              capture?: {
                /**
                 * Share of the requests that is kept.
                 */
                percent?: string | null;
                /**
                 * Whether requests are kept. Without it they are.
                 */
                input?: boolean | null;
                /**
                 * Whether answers are kept. Without it they are.
                 */
                output?: boolean | null;
                /**
                 * Days until a copy is deleted. Without it: 30.
                 */
                retentionDays?: number | null;
              } | null;
            } | null;
            /**
             * Containers that come up on demand and cost nothing while idle; one version at a time.
             */
            serverless?: {
              /**
               * Memory of a container, 1024 MiB to 6144 MiB in whole GiB. Processor share grows with it.
               */
              memory?: string | null;
              /**
               * Requests answered at once; more are throttled. All serverless endpoints of an account share one quota.
               */
              concurrency?: number | null;
              /**
               * Containers that are kept warm, and paid for by the hour, so that no request waits for a cold start. At most concurrency.
               */
              provisioned?: number | null;
              /**
               * Keeps more or fewer containers warm by how busy they are. Without it, always provisioned.
               */
              scaling?: {
                /**
                 * Fewest containers kept warm.
                 */
                min?: number | null;
                /**
                 * Most containers kept warm. At most concurrency.
                 */
                max?: number | null;
                /**
                 * Keep the share of warm containers that are busy near this.
                 */
                utilization?: string | null;
                /**
                 * Name → when, and between which counts of containers kept warm scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
                 */
                schedule?: {
                  /**
                   * Exactly one of cron, rate and at, and a range.
                   */
                  [k: string]:
                    | {
                        /**
                         * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                         */
                        cron?: string | null;
                        /**
                         * A number and minutes, hours or days.
                         */
                        rate?: string | null;
                        /**
                         * Once, at this date and time.
                         */
                        at?: string | null;
                        /**
                         * Time zone that cron and at are read in. Without it: UTC.
                         */
                        timezone?: string | null;
                        /**
                         * Fewest containers kept warm from then on.
                         */
                        min?: number | null;
                        /**
                         * Most containers kept warm from then on.
                         */
                        max?: number | null;
                      }
                    | null
                    | undefined;
                } | null;
              } | null;
              /**
               * A request that takes longer is answered 504.
               */
              timeout?: string | null;
              /**
               * The load that the monthly cost is stated at; changes nothing that is deployed.
               */
              load?: {
                /**
                 * Requests a month.
                 */
                requestsPerMonth?: number | null;
                /**
                 * Time a request takes in the container.
                 */
                duration?: string | null;
              } | null;
            } | null;
            /**
             * An Elastic Beanstalk environment on the Docker platform, behind a load balancer.
             */
            beanstalk?: {
              /**
               * EC2 instance type. (an EC2 instance type, without the ml. of SageMaker)
               */
              instance?: string | null;
              /**
               * How many instances the group holds.
               */
              instances?: {
                /**
                 * Fewest instances.
                 */
                min?: number | null;
                /**
                 * Most instances.
                 */
                max?: number | null;
              } | null;
              /**
               * When an instance is added or taken away.
               */
              scaling?: {
                /**
                 * Average processor use above which an instance is added; at less than half of it one is taken away.
                 */
                cpu?: string | null;
                /**
                 * How long to wait after a scaling step before the next.
                 */
                cooldown?: string | null;
              } | null;
              /**
               * Root volume (gp3).
               */
              volume?: string | null;
              /**
               * Operations a second of the volume; 3000 come with every gp3.
               */
              iops?: number | null;
              /**
               * Throughput of the volume in a second; 125 MiB come with every gp3.
               */
              throughput?: string | null;
              /**
               * Who reaches the load balancer: the VPC, or everybody. Everybody only over TLS.
               */
              exposure?: "internal" | "public" | null;
              /**
               * Certificate of the load balancer. With it the environment speaks HTTPS alone. (the ARN of a certificate in AWS Certificate Manager)
               */
              certificate?: string | null;
              /**
               * The name in the certificate. Point it at the load balancer in your DNS; callers use it. (a whole host name in lower case)
               */
              hostname?: string | null;
              /**
               * A request that takes longer is answered 504.
               */
              timeout?: string | null;
              /**
               * A larger request is answered 413.
               */
              maxBody?: string | null;
              /**
               * Where the load balancer asks an instance how it is. (a path that starts with a slash)
               */
              healthPath?: string | null;
            } | null;
            /**
             * Jobs that answer whole files of requests, on a schedule or by hand; nothing runs between them.
             */
            batch?: {
              /**
               * Instance type that runs the job. (a SageMaker instance type)
               */
              instance?: string | null;
              /**
               * Instances that share the input's files; more than there are files stay idle.
               */
              instances?: number | null;
              /**
               * The version that answers; the one with the largest share of the traffic where none is named.
               */
              version?: string | null;
              /**
               * When a run starts by itself: exactly one of cron, rate and at. Without a schedule runs are started by hand.
               */
              schedule?: {
                /**
                 * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                 */
                cron?: string | null;
                /**
                 * A number and minutes, hours or days.
                 */
                rate?: string | null;
                /**
                 * Once, at this date and time.
                 */
                at?: string | null;
                /**
                 * Time zone that cron and at are read in.
                 */
                timezone?: string | null;
                /**
                 * How late a run may start, in whole minutes; 0s: on the minute.
                 */
                window?: string | null;
                /**
                 * How often starting a run is tried again. A retry whose first attempt was only slow to answer runs twice.
                 */
                retries?: number | null;
                /**
                 * How late a run may still be started; after that it goes to the dead-letter queue.
                 */
                giveUpAfter?: string | null;
              } | null;
              /**
               * What is read.
               */
              input?: {
                /**
                 * Folder below the model's batch folder in the stack's data bucket: every object in it is read. (folders that each end in a slash)
                 */
                prefix?: string | null;
                /**
                 * What an object holds: one request a line as JSON or CSV, or one JSON document.
                 */
                format?: "json-lines" | "json" | "csv" | null;
                /**
                 * Whether each line is a request, or the whole object is.
                 */
                split?: "line" | "none" | null;
                /**
                 * JSONPath that picks the part of each record that is sent to the model. (a JSONPath, which begins with $)
                 */
                filter?: string | null;
              } | null;
              /**
               * What is written: one object for each that was read, its name with .out behind, in a folder for each run.
               */
              output?: {
                /**
                 * Folder below the model's batch folder in the stack's data bucket. (folders that each end in a slash)
                 */
                prefix?: string | null;
                /**
                 * Whether a line break is put between two answers.
                 */
                assemble?: "line" | "none" | null;
                /**
                 * JSONPath that picks the part of each answer, joined with its input where joinInput says so, that is written. (a JSONPath, which begins with $)
                 */
                filter?: string | null;
              } | null;
              /**
               * Whether a request carries as many records as fit, or one.
               */
              strategy?: "multiRecord" | "singleRecord" | null;
              /**
               * Largest request to the model. A record that is larger fails the run.
               */
              maxPayload?: string | null;
              /**
               * Requests that each instance is sent at once.
               */
              concurrency?: number | null;
              /**
               * A request to the model that takes longer is tried again.
               */
              timeout?: string | null;
              /**
               * How often a request to the model is tried again before the run fails.
               */
              retries?: number | null;
              /**
               * Whether each answer is written together with the record it answers.
               */
              joinInput?: boolean | null;
              /**
               * KMS key that encrypts the disks of the instances, in place of the stack's own. (the ARN of a key in KMS)
               */
              volumeKey?: string | null;
              /**
               * What the monthly cost is stated at; changes nothing that is deployed.
               */
              load?: {
                /**
                 * Time a run takes, start of the instances included.
                 */
                duration?: string | null;
              } | null;
            } | null;
          } | null;
          /**
           * Settings of the runtime.
           */
          settings?:
            | ({
                /**
                 * How requests that wait for the model are computed together.
                 */
                batching?: {
                  /**
                   * Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.
                   */
                  maxSize?: number | null;
                  /**
                   * How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.
                   */
                  maxWait?: string | null;
                } | null;
                /**
                 * CPU threads that one inference uses. More than the instance has vCPUs slows everything down.
                 */
                threads?: number | null;
                /**
                 * Whether an embedding is divided by its length where the request does not say.
                 */
                normalize?: boolean | null;
              } | null)
            | ({
                /**
                 * Nearest catalogue items that are scored for each request. More find more categories and take longer.
                 */
                candidates?: number | null;
                /**
                 * Most recommendations in an answer; there is at most one for each category.
                 */
                maxRecommendations?: number | null;
                /**
                 * Faults of the Stygig V4 endpoint to repeat, for callers that came to depend on them: the counts that callers ask for are not applied; every item counts as grey; every query counts as unisex. Default: none.
                 */
                compatibility?: ("countIgnored" | "itemColoursGrey" | "queryUnisex")[] | null;
                /**
                 * How requests that wait for the model are computed together.
                 */
                batching?: {
                  /**
                   * Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.
                   */
                  maxSize?: number | null;
                  /**
                   * How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.
                   */
                  maxWait?: string | null;
                } | null;
                /**
                 * What answers carry as the model's version. Default: the name of the version that answers.
                 */
                label?: string | null;
                /**
                 * How wide an approximate index searches: the lists visited of an IVF (nprobe), the candidates held of an HNSW (efSearch). Wider finds more and takes longer. A flat index has none. Default: what the index file says.
                 */
                searchWidth?: number | null;
                /**
                 * CPU threads that one inference uses. More than the instance has vCPUs slows everything down.
                 */
                threads?: number | null;
              } | null)
            | ({
                /**
                 * How requests that wait for the model are computed together.
                 */
                batching?: {
                  /**
                   * Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.
                   */
                  maxSize?: number | null;
                  /**
                   * How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.
                   */
                  maxWait?: string | null;
                } | null;
                /**
                 * What answers carry as the model's version. Default: the name of the version that answers.
                 */
                label?: string | null;
                /**
                 * CPU threads that one inference uses. More than the instance has vCPUs slows everything down.
                 */
                threads?: number | null;
              } | null)
            | ({
                /**
                 * Reference images that an answer is drawn from.
                 */
                neighbours?: number | null;
                /**
                 * How requests that wait for the model are computed together.
                 */
                batching?: {
                  /**
                   * Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.
                   */
                  maxSize?: number | null;
                  /**
                   * How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.
                   */
                  maxWait?: string | null;
                } | null;
                /**
                 * What answers carry as the model's version. Default: the name of the version that answers.
                 */
                label?: string | null;
                /**
                 * How wide an approximate index searches: the lists visited of an IVF (nprobe), the candidates held of an HNSW (efSearch). Wider finds more and takes longer. A flat index has none. Default: what the index file says.
                 */
                searchWidth?: number | null;
                /**
                 * CPU threads that one inference uses. More than the instance has vCPUs slows everything down.
                 */
                threads?: number | null;
              } | null)
            | null;
          /**
           * One version that gets a copy of a share of the requests. Its answers are thrown away; its instances are paid for.
           */
          shadow?: {
            /**
             * Share of the requests that is copied.
             */
            [k: string]: string | null | undefined;
          } | null;
          /**
           * Version → weight. A version's share is its weight by the sum of all; a weight of 0 deploys it and sends it nothing.
           */
          traffic?: {
            /**
             * Weight; or weight and where this version differs.
             */
            [k: string]:
              | number
              | {
                  /**
                   * Weight of this version.
                   */
                  weight?: number | null;
                  /**
                   * Instance type of this version, where it is another than the mode's. (a SageMaker hosting instance type)
                   */
                  instance?: string | null;
                  /**
                   * Instances that this version starts with, where they are more or fewer than the mode's.
                   */
                  instances?: number | null;
                  /**
                   * A range of this version's own. What it is scaled by, and the cooldowns, stay the mode's; its schedule does not.
                   */
                  scaling?: {
                    /**
                     * Fewest instances of this version. Without it: its instances.
                     */
                    min?: number | null;
                    /**
                     * Most instances of this version.
                     */
                    max?: number | null;
                    /**
                     * Name → when, and between which counts of instances scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.
                     */
                    schedule?: {
                      /**
                       * Exactly one of cron, rate and at, and a range.
                       */
                      [k: string]:
                        | {
                            /**
                             * Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.
                             */
                            cron?: string | null;
                            /**
                             * A number and minutes, hours or days.
                             */
                            rate?: string | null;
                            /**
                             * Once, at this date and time.
                             */
                            at?: string | null;
                            /**
                             * Time zone that cron and at are read in. Without it: UTC.
                             */
                            timezone?: string | null;
                            /**
                             * Fewest instances from then on.
                             */
                            min?: number | null;
                            /**
                             * Most instances from then on.
                             */
                            max?: number | null;
                          }
                        | null
                        | undefined;
                    } | null;
                  } | null;
                }
              | null
              | undefined;
          } | null;
          /**
           * Version → artifact. A version never changes: what is new is a new version.
           */
          versions?: {
            /**
             * One immutable artifact.
             */
            [k: string]:
              | {
                  /**
                   * Where model.tar.gz lies: in S3, or in the repository, from where it is uploaded to the stack's own bucket. (s3://bucket/key.tar.gz, or ./folder/model.tar.gz in the repository)
                   */
                  artifact?: string | null;
                  /**
                   * sha256 of the archive. The container refuses to start on any other. (64 lower-case hexadecimal digits, as sha256sum prints them)
                   */
                  sha256?: string | null;
                  /**
                   * The KMS key that the archive is encrypted with, where it is one of the owner's own: the model's role may then decrypt with it. The key's policy must let the account. (the ARN of a KMS key, not of its alias)
                   */
                  kmsKey?: string | null;
                  /**
                   * Most memory that a container holds while it serves this version, as `slipway fit` measures it. Held against the instance, or the serverless size.
                   */
                  memory?: string | null;
                }
              | null
              | undefined;
          } | null;
        }
      | undefined;
  };
}
