/** What of AWS::Lambda the rehearsal honours. */
import type { Honoured } from '../honoured';

export const honoured: Honoured = {
  'AWS::Lambda::Function': {
    honoured: [
      'FunctionName',
      'Code',
      'Handler',
      'Runtime',
      'Timeout',
      'MemorySize',
      'Environment',
      'Role',
      'Description',
      'DeadLetterConfig',
      'LoggingConfig',
      'TracingConfig',
      'PackageType',
      'Layers',
      'ReservedConcurrentExecutions',
    ],
    ignored: {
      Architectures: 'JavaScript runs alike on both',
      EphemeralStorage: '/tmp is this machine’s',
      KmsKeyArn: 'the rehearsal encrypts nothing',
      RecursiveLoop: 'nothing detects loops here; the rehearsal ends',
      RuntimeManagementConfig: 'this machine’s Node.js runs the bundle',
      SnapStart: 'not offered for Node.js',
      Tags: 'nothing selects functions by tag',
      VpcConfig: 'loopback is the only network',
    },
  },
  'AWS::Lambda::Permission': {
    honoured: ['Action', 'FunctionName', 'Principal', 'SourceArn', 'SourceAccount'],
    ignored: {},
  },
  'AWS::Lambda::EventInvokeConfig': {
    honoured: [
      'FunctionName',
      'Qualifier',
      'MaximumRetryAttempts',
      'MaximumEventAgeInSeconds',
      'DestinationConfig',
    ],
    ignored: {},
  },
};

/** What a person should know of the functions of a rehearsal. */
export const simplifications: readonly string[] = [
  'one event at a time a function; AWS would start further processes beside the first',
  'the bundle runs on this machine’s Node.js, whatever Runtime says',
  'MemorySize is reported and not enforced',
  'identity policies of roles are not judged when a function calls AWS',
];
