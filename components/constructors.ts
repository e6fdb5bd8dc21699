import type * as pulumi from "@pulumi/pulumi";
// One class at a time: the index of @pulumi/aws takes about a second to load.
import { Policy as ScalingPolicy } from "@pulumi/aws/appautoscaling/policy";
import { ScheduledAction } from "@pulumi/aws/appautoscaling/scheduledAction";
import { Target } from "@pulumi/aws/appautoscaling/target";
import { Dashboard } from "@pulumi/aws/cloudwatch/dashboard";
import { EventRule } from "@pulumi/aws/cloudwatch/eventRule";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint";
import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy";
import { Repository } from "@pulumi/aws/ecr/repository";
import { Application } from "@pulumi/aws/elasticbeanstalk/application";
import { ApplicationVersion } from "@pulumi/aws/elasticbeanstalk/applicationVersion";
import { Environment } from "@pulumi/aws/elasticbeanstalk/environment";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Policy } from "@pulumi/aws/iam/policy";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { Key } from "@pulumi/aws/kms/key";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import { ObjectCopy } from "@pulumi/aws/s3/objectCopy";
import { Endpoint } from "@pulumi/aws/sagemaker/endpoint";
import { EndpointConfiguration } from "@pulumi/aws/sagemaker/endpointConfiguration";
import { Model } from "@pulumi/aws/sagemaker/model";
import { Secret } from "@pulumi/aws/secretsmanager/secret";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion";
import { Schedule } from "@pulumi/aws/scheduler/schedule";
import { Topic } from "@pulumi/aws/sns/topic";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription";
import { Queue } from "@pulumi/aws/sqs/queue";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import { Vpc } from "@pulumi/awsx/ec2/vpc";
import type { ResourceInputs, ResourceType } from "../contract/resources";
import { BucketObject } from "./bucket-object";
import type { Misfit } from "./exactness";
import { InferenceImage } from "./inference-image";

/** The class behind each type that a plan may hold. A type without a row does not compile. */
export const constructors = {
  "aws:appautoscaling/policy:Policy": ScalingPolicy,
  "aws:appautoscaling/scheduledAction:ScheduledAction": ScheduledAction,
  "aws:appautoscaling/target:Target": Target,
  "aws:cloudwatch/dashboard:Dashboard": Dashboard,
  "aws:cloudwatch/eventRule:EventRule": EventRule,
  "aws:cloudwatch/eventTarget:EventTarget": EventTarget,
  "aws:cloudwatch/metricAlarm:MetricAlarm": MetricAlarm,
  "aws:ec2/securityGroup:SecurityGroup": SecurityGroup,
  "aws:ec2/vpcEndpoint:VpcEndpoint": VpcEndpoint,
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": LifecyclePolicy,
  "aws:ecr/repository:Repository": Repository,
  "aws:elasticbeanstalk/application:Application": Application,
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": ApplicationVersion,
  "aws:elasticbeanstalk/environment:Environment": Environment,
  "aws:iam/instanceProfile:InstanceProfile": InstanceProfile,
  "aws:iam/policy:Policy": Policy,
  "aws:iam/role:Role": Role,
  "aws:iam/rolePolicy:RolePolicy": RolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": RolePolicyAttachment,
  "aws:kms/key:Key": Key,
  "aws:s3/bucket:Bucket": Bucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": BucketLifecycleConfiguration,
  "aws:s3/bucketObjectv2:BucketObjectv2": BucketObject,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": BucketOwnershipControls,
  "aws:s3/bucketPolicy:BucketPolicy": BucketPolicy,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BucketPublicAccessBlock,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": BucketServerSideEncryptionConfiguration,
  "aws:s3/bucketVersioning:BucketVersioning": BucketVersioning,
  "aws:s3/objectCopy:ObjectCopy": ObjectCopy,
  "aws:sagemaker/endpoint:Endpoint": Endpoint,
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": EndpointConfiguration,
  "aws:sagemaker/model:Model": Model,
  "aws:secretsmanager/secret:Secret": Secret,
  "aws:secretsmanager/secretVersion:SecretVersion": SecretVersion,
  "aws:scheduler/schedule:Schedule": Schedule,
  "aws:sns/topic:Topic": Topic,
  "aws:sns/topicPolicy:TopicPolicy": TopicPolicy,
  "aws:sns/topicSubscription:TopicSubscription": TopicSubscription,
  "aws:sqs/queue:Queue": Queue,
  "aws:ssm/parameter:Parameter": Parameter,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SecurityGroupEgressRule,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SecurityGroupIngressRule,
  "awsx:ec2:Vpc": Vpc,
  "awsx:ecr:Image": InferenceImage,
} satisfies { readonly [Type in ResourceType]: new (name: string, args: never, options: never) => pulumi.Resource };

type ArgsOf<Type extends ResourceType> = pulumi.Unwrap<NonNullable<ConstructorParameters<(typeof constructors)[Type]>[1]>>;

/**
 * Where `contract/resources.ts` and the SDK do not agree, as `<type>.<path> is unknown`.
 * It must stay empty: at run time the SDK silently drops a property that it does not know.
 */
type Drift = { [Type in ResourceType]: `${Type}${Misfit<ResourceInputs[Type], ArgsOf<Type>>}` }[ResourceType];

// Compiles only while there is no drift; else the compiler names every path.
const drift: { readonly [Path in Drift]: never } = {};
void drift;
