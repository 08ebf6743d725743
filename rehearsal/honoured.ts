/** The shape of each service's list of what it honours of the template and what it knowingly passes over. */

export type Honoured = Readonly<
  Record<
    /** CloudFormation type. */
    string,
    {
      readonly honoured: readonly string[];
      /** Property to the reason why passing it over changes nothing here. */
      readonly ignored: Readonly<Record<string, string>>;
    }
  >
>;
