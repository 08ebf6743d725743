/** The one listener that speaks AWS's wire protocols, and the services behind it. */
import type { Clock } from '../clock';
import type { CloudWatch } from '../cloudwatch/types';
import type { LambdaService } from '../lambda/types';
import type { Logs } from '../logs/types';
import type { Place, Resource } from '../resources';
import type { Objects } from '../s3/objects';
import type { Sns } from '../sns/types';
import type { Sqs } from '../sqs/types';
import type { SystemsManager } from '../ssm/types';
import type { Traces } from '../xray/daemon';

export interface EndpointServices {
  readonly place: Place;
  readonly clock: Clock;
  readonly newId: () => string;
  /** For what is only described, such as dashboards. */
  readonly resources: readonly Resource[];
  readonly cloudwatch: CloudWatch;
  readonly logs: Logs;
  readonly sns: Sns;
  readonly sqs: Sqs;
  readonly ssm: SystemsManager;
  readonly lambda: LambdaService;
  /** The buckets of the template. */
  readonly objects: Objects;
  /** Where the local DynamoDB listens. */
  readonly dynamodbUrl: string;
  /** Takes trace segment documents and keeps them; the X-Ray stand-in. */
  readonly traces: Traces;
}

export interface Endpoint {
  readonly url: string;
  readonly port: number;
  /** Functions need the address before the services exist: until then every call answers 503. */
  serve(services: EndpointServices): void;
  stop(): Promise<void>;
}
