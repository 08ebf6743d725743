/** What DynamoDB is to the rest of the rehearsal: a kept local implementation behind the endpoint. */
export interface DynamoDb {
  readonly url: string;
  readonly tableNames: readonly string[];
  stop(): Promise<void>;
}
