/** A resource of the synthesised template with every intrinsic resolved: what the rehearsal's services are built from. */

export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` returns. */
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Resource metadata, resolved too; CloudFormation's init instructions live there. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The account and region that the rehearsal pretends to be in. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
}

/** Twelve zeros can be no one's account. */
export const rehearsalPlace: Place = { accountId: '000000000000', region: 'us-east-1', partition: 'aws' };
