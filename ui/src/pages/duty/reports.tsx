// SPDX-License-Identifier: Apache-2.0
// Daily safety reports, newest first; what is not signed yet stands out.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { type DutyReport, useMakeReport, useReports } from '../../api/duty-queries';
import { useMay } from '../../api/queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { Time } from '../../components/time';
import { useDone } from '../../components/use-done';
import { SpanTime, Verdict } from './words';

function Signed({ report }: { report: DutyReport }) {
  const { t } = useTranslation();
  if (!report.signed) return <strong className="unsigned">{t('duty.report.unsigned')}</strong>;
  return (
    <>
      {report.signed_by} <Time value={report.signed} />
    </>
  );
}

function Row({ report }: { report: DutyReport }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td className="nowrap">
        <Link to={`/duty/reports/${report.id}`}>
          <SpanTime from={report.from} to={report.to} />
        </Link>
      </td>
      <td>
        <Verdict verdict={report.verdict} />
      </td>
      <td>
        <Signed report={report} />
      </td>
      <td className="nowrap">{report.sent ? <Time value={report.sent} /> : t('duty.report.notSent')}</td>
    </tr>
  );
}

export function ReportsPart() {
  const { t } = useTranslation();
  const { done, failed } = useDone();
  const navigate = useNavigate();
  const query = useReports();
  const make = useMakeReport();
  const may = useMay('duty.change');
  const reports = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const onMake = () =>
    make.mutate(undefined, {
      onSuccess: ({ id }) => {
        done(t('duty.report.made'));
        navigate(`/duty/reports/${id}`);
      },
      onError: failed,
    });
  return (
    <>
      <div className="part-head">
        <p className="muted">{t('duty.report.about')}</p>
        {may && (
          <Button type="primary" onClick={onMake} loading={make.isPending} data-testid="make-report">
            {t('duty.report.make')}
          </Button>
        )}
      </div>
      <Loaded
        query={query}
        isEmpty={() => reports.length === 0}
        empty={<Empty title={t('duty.report.none')} hint={t('duty.report.noneHint')} />}
      >
        {() => (
          <div className="table-box">
            <table className="plain plain-lined plain-wide" data-testid="reports">
              <thead>
                <tr>
                  <th>{t('duty.report.span')}</th>
                  <th>{t('duty.report.verdict')}</th>
                  <th>{t('duty.report.signed')}</th>
                  <th>{t('duty.report.sent')}</th>
                </tr>
              </thead>
              <tbody>
                {reports.map((report) => (
                  <Row key={report.id} report={report} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {query.hasNextPage && (
        <Button block type="text" onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}
