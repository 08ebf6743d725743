/** Who asks: a service acting for the account, or a role of the account whose identity policy is not judged here. */
export type Principal =
  | { readonly service: string; readonly sourceArn?: string }
  /** `role` is the role's or function's name. */
  | { readonly role: string };

/** What came of a delivery: AWS's own failure text where it failed. */
export type Delivery =
  | { readonly ok: true; readonly messageId: string }
  | { readonly ok: false; readonly code: string; readonly error: string };
