/** The catalog's dashboard as a CloudWatch dashboard. */
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GaugeWidget,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmKey } from '../../../catalog/alarms';
import { type Line, onCallDashboard, onCallDashboardName, type Widget } from '../../../catalog/dashboards';
import { metrics } from '../../../catalog/metrics';
import { scopeName } from '../../../catalog/names';
import { fixedDimensions, type ResolvedAlarm, resolveAlarms } from '../../../catalog/resolve';
import type { Config } from '../../../config/config';
import { isRemediated } from '../resource-names';
import { dimensionsOf } from './catalog-alarms';

export class OnCallDashboard extends Construct {
  private readonly alarms: readonly ResolvedAlarm[];

  constructor(
    scope: Construct,
    id: string,
    private readonly config: Config,
  ) {
    super(scope, id);
    this.alarms = resolveAlarms(config);
    new Dashboard(this, 'Dashboard', {
      dashboardName: onCallDashboardName(scopeName(config)),
      // Three hours show the fault and what usual looked like before it.
      defaultInterval: Duration.hours(3),
      widgets: onCallDashboard.map((row) => row.map((widget) => this.widget(widget))),
    });
  }

  private widget(widget: Widget): IWidget {
    const size = { title: widget.title, width: widget.width, height: widget.height };
    switch (widget.kind) {
      case 'alarms':
        return new AlarmStatusWidget({
          ...size,
          // Without a remediation the alarms about it do not exist, and would show as broken.
          alarms: this.alarms
            .filter(({ owner }) => owner !== 'remediation' || isRemediated(this.config))
            .map((alarm) => Alarm.fromAlarmArn(this, `${alarm.key}Status`, this.arnOf(alarm))),
        });
      case 'gauge':
        return new GaugeWidget({
          ...size,
          metrics: [this.metric(widget.line, widget.periodSeconds)],
          leftYAxis: { min: widget.min, max: widget.max },
          annotations: this.limit(widget.limitOf),
        });
      case 'graph':
        return new GraphWidget({
          ...size,
          left: this.graphMetrics(widget),
          leftYAxis: {
            ...(widget.min === undefined ? {} : { min: widget.min }),
            ...(widget.max === undefined ? {} : { max: widget.max }),
            showUnits: false,
          },
          leftAnnotations: widget.limitOf === undefined ? [] : this.limit(widget.limitOf),
          period: Duration.seconds(widget.periodSeconds),
        });
    }
  }

  /** The lines, or the one line that math makes of them. */
  private graphMetrics(widget: Extract<Widget, { kind: 'graph' }>): IMetric[] {
    const lines = widget.lines.map((line) => this.metric(line, widget.periodSeconds));
    if (widget.expression === undefined) return lines;
    const usingMetrics = Object.fromEntries(
      widget.lines.map((line, index) => [line.label, lines[index] as Metric]),
    );
    return [
      new MathExpression({
        expression: widget.expression.math,
        label: widget.expression.label,
        usingMetrics,
        period: Duration.seconds(widget.periodSeconds),
      }),
    ];
  }

  private metric(line: Line, periodSeconds: number): Metric {
    const { namespace, name, dimensions } = metrics[line.metric];
    return new Metric({
      namespace,
      metricName: name,
      dimensionsMap: Object.fromEntries(
        dimensionsOf(dimensions, fixedDimensions(this.config)).map((dimension) => [
          dimension.name,
          dimension.value,
        ]),
      ),
      statistic: line.statistic,
      label: line.label,
      period: Duration.seconds(periodSeconds),
    });
  }

  private limit(key: AlarmKey): { value: number; label: string }[] {
    return this.alarms
      .filter((alarm) => alarm.key === key)
      .map((alarm) => ({ value: alarm.threshold, label: `limit of ${alarm.key}` }));
  }

  private arnOf(alarm: ResolvedAlarm): string {
    return Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: alarm.name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
