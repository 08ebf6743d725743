/** Rules of composite alarms that differ from the given one in a single place. */
import { printRule, type Rule } from '../../cloudwatch/composite-rule';
import type { AlarmState } from '../../events';

export interface RuleMutant {
  readonly what: string;
  readonly rule: Rule;
}

const states: readonly AlarmState[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/** Every rule that is one mistake away: an operand lost, AND for OR, another state, NOT too many or too few. */
export function ruleMutants(rule: Rule): RuleMutant[] {
  const own = [...mutationsOf(rule), ...negation(rule)];
  return [...own, ...within(rule)];
}

/** Taken away where it is there, put in front where it is not. */
function negation(rule: Rule): RuleMutant[] {
  if (rule.kind === 'constant') return [];
  if (rule.kind === 'not')
    return [{ what: `without NOT before ${printRule(rule.operand)}`, rule: rule.operand }];
  return [{ what: `NOT before ${printRule(rule)}`, rule: { kind: 'not', operand: rule } }];
}

function mutationsOf(rule: Rule): RuleMutant[] {
  switch (rule.kind) {
    case 'constant':
      return [{ what: `${printRule(rule)} turned`, rule: { ...rule, value: !rule.value } }];
    case 'state':
      return otherStates(rule.state).map((state) => ({
        what: `${state} for ${printRule(rule)}`,
        rule: { ...rule, state },
      }));
    case 'not':
      return [];
    case 'and':
    case 'or': {
      const kind = rule.kind === 'and' ? 'or' : 'and';
      const swapped = {
        what: `${kind.toUpperCase()} for ${rule.kind.toUpperCase()} in ${printRule(rule)}`,
        rule: { ...rule, kind } as const,
      };
      return [
        swapped,
        ...rule.operands.map((operand, index) => ({
          what: `without ${printRule(operand)}`,
          rule: withOperands(rule.kind, rule.operands.toSpliced(index, 1)),
        })),
      ];
    }
    case 'at-least':
      return atLeastMutants(rule);
  }
}

function atLeastMutants(rule: Extract<Rule, { kind: 'at-least' }>): RuleMutant[] {
  const step = rule.percent ? Math.ceil(100 / rule.alarms.length) : 1;
  const most = rule.percent ? 100 : rule.alarms.length;
  const amounts = [rule.amount - step, rule.amount + step].filter((amount) => amount >= 1 && amount <= most);
  const mutants: Rule[] = [
    ...amounts.map((amount) => ({ ...rule, amount })),
    ...otherStates(rule.state).map((state) => ({ ...rule, state })),
    { ...rule, negated: !rule.negated },
  ];
  return mutants.map((mutant) => ({ what: printRule(mutant), rule: mutant }));
}

/** The mutants of each part, in the place of that part. */
function within(rule: Rule): RuleMutant[] {
  if (rule.kind === 'not') {
    return ruleMutants(rule.operand).map(({ what, rule: operand }) => ({ what, rule: { ...rule, operand } }));
  }
  if (rule.kind !== 'and' && rule.kind !== 'or') return [];
  return rule.operands.flatMap((operand, index) =>
    ruleMutants(operand).map(({ what, rule: mutant }) => ({
      what,
      rule: { ...rule, operands: rule.operands.with(index, mutant) },
    })),
  );
}

function withOperands(kind: 'and' | 'or', operands: readonly Rule[]): Rule {
  const [only] = operands;
  return only !== undefined && operands.length === 1 ? only : { kind, operands };
}

const otherStates = (state: AlarmState): AlarmState[] => states.filter((each) => each !== state);
