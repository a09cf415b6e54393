// SPDX-License-Identifier: Apache-2.0
// What is to be done about it, by whom, until when, in which order.
import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { Button, Checkbox, DatePicker, Form, Input, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type IncidentDetail,
  OPEN_INCIDENT,
  type Task,
  useAddTask,
  useChangeTask,
} from '../../api/incidents-queries';
import { useMay, useSession } from '../../api/queries';
import { AssigneeSelect } from '../../components/assignee-select';
import { Countdown } from '../../components/countdown';
import { Empty } from '../../components/empty';
import { Time } from '../../components/time';
import { useRefused } from '../../components/use-conflict';
import { useDone } from '../../components/use-done';

interface Values {
  title: string;
  text?: string;
  assignee?: string;
  due?: Dayjs | null;
}

function TaskForm({ incident, task, onClose }: { incident: IncidentDetail; task?: Task; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const { data: session } = useSession();
  const add = useAddTask(incident.id);
  const change = useChangeTask();
  const refused = useRefused();
  const { done } = useDone();
  const save = ({ title, text = '', assignee = '', due }: Values) => {
    const body = { title: title.trim(), text, assignee, due: due ? due.toISOString() : null };
    if (!task) {
      const onSuccess = () => {
        done(t('incident.line.task.added'));
        onClose();
      };
      add.mutate(due ? body : { title: body.title, text, assignee }, { onSuccess, onError: refused });
      return;
    }
    const before = { title: task.title, text: task.text ?? '', assignee: task.assignee ?? '', due: task.due ?? null };
    const onSuccess = (now: Task) => {
      done(t('incident.changed'), () => change.mutateAsync({ task: now, body: before }));
      onClose();
    };
    change.mutate({ task, body }, { onSuccess, onError: refused });
  };
  return (
    <Modal
      open
      title={t(task ? 'incident.changeTask' : 'incident.addTask')}
      okText={t('common.save')}
      okButtonProps={{ loading: add.isPending || change.isPending, 'data-testid': 'task-save' }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          title: task?.title,
          text: task?.text,
          assignee: task ? task.assignee : (incident.assignee ?? session?.username),
          due: task?.due ? dayjs(task.due) : undefined,
        }}
        onFinish={save}
      >
        <Form.Item name="title" label={t('incident.taskTitle')} rules={[{ required: true, whitespace: true, message: t('incident.needTitle') }]}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item name="text" label={t('incident.taskText')}>
          <Input.TextArea rows={3} maxLength={4000} />
        </Form.Item>
        <Form.Item name="assignee" label={t('incidents.assignee')}>
          <AssigneeSelect allowClear also={task?.assignee} />
        </Form.Item>
        <Form.Item name="due" label={t('incident.taskDue')}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className="fill" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

type Direction = 'up' | 'down';

/** Its place among the open ones, from 1. */
interface Place {
  place: number;
  total: number;
  onMove: (direction: Direction) => void;
}

/** Buttons that stay where they are at both ends, so that the focus has a place. */
function Movers({ task, place: { place, total, onMove } }: { task: Task; place: Place }) {
  const { t } = useTranslation();
  const ends = { up: place === 1, down: place === total };
  return (
    <span className="task-movers">
      {(['up', 'down'] as const).map((direction) => (
        <Button
          key={direction}
          type="text"
          size="small"
          icon={direction === 'up' ? <ArrowUpOutlined /> : <ArrowDownOutlined />}
          aria-disabled={ends[direction]}
          aria-label={t(direction === 'up' ? 'incident.moveUp' : 'incident.moveDown', { title: task.title })}
          onClick={() => !ends[direction] && onMove(direction)}
          data-testid={`${direction}-${task.id}`}
        />
      ))}
    </span>
  );
}

interface RowProps {
  task: Task;
  may: boolean;
  /** Where there is an order to be changed. */
  place?: Place;
  onEdit: () => void;
}

function Row({ task, may, place, onEdit }: RowProps) {
  const { t } = useTranslation();
  const change = useChangeTask();
  const { done } = useDone();
  const refused = useRefused();
  const set = (status: Task['status']) =>
    change.mutate(
      { task, body: { status } },
      {
        onSuccess: (now) =>
          done(t(`incident.line.task.${status}`), () =>
            change.mutateAsync({ task: now, body: { status: task.status } }),
          ),
        onError: refused,
      },
    );
  const open = task.status === 'open';
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowUp' ? 'up' : event.key === 'ArrowDown' ? 'down' : undefined;
    if (!place || !event.altKey || !direction) return;
    event.preventDefault();
    if (direction === 'up' ? place.place > 1 : place.place < place.total) place.onMove(direction);
  };
  return (
    <li className={`panel task task-${task.status}`} onKeyDown={onKeyDown} data-testid={`task-${task.id}`}>
      <Checkbox
        checked={task.status === 'done'}
        disabled={!may || change.isPending || task.status === 'dropped'}
        onChange={() => set(open ? 'done' : 'open')}
        aria-label={t('incident.taskDone', { title: task.title })}
      />
      <div className="task-body">
        <span className="task-title">{task.title}</span>
        {task.text && <p className="muted prewrap">{task.text}</p>}
        <p className="muted">
          {task.assignee || t('incidents.nobody')}
          {' · '}
          {t('incident.taskBy', { name: task.created_by })}
          {task.done && (
            <>
              {' · '}
              {t(`incident.line.task.${task.status}`)} {task.done_by} <Time value={task.done} />
            </>
          )}
        </p>
      </div>
      {open && task.due && <Countdown due={task.due} />}
      {place && <Movers task={task} place={place} />}
      {may && open && (
        <Button size="small" onClick={onEdit} data-testid={`edit-${task.id}`}>
          {t('incident.edit')}
        </Button>
      )}
      {may && open && (
        <Button size="small" onClick={() => set('dropped')} data-testid={`drop-${task.id}`}>
          {t('incident.drop')}
        </Button>
      )}
      {may && task.status === 'dropped' && (
        <Button size="small" onClick={() => set('open')} data-testid={`restart-${task.id}`}>
          {t('incident.line.task.open')}
        </Button>
      )}
    </li>
  );
}

/** Moves a task among the open ones; what was moved keeps the focus where the list put it elsewhere. */
function useMove(open: readonly Task[]) {
  const { t } = useTranslation();
  const change = useChangeTask();
  const refused = useRefused();
  const [said, setSaid] = useState('');
  const held = useRef<HTMLElement>(null);
  const order = open.map(({ id }) => id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the order changed
  useEffect(() => {
    if (held.current && document.activeElement !== held.current) held.current.focus();
    held.current = null;
  }, [order]);
  const move = (task: Task, direction: Direction) => {
    if (change.isPending) return;
    const place = open.findIndex(({ id }) => id === task.id) + (direction === 'up' ? 0 : 2);
    const { activeElement } = document;
    held.current = activeElement instanceof HTMLElement ? activeElement : null;
    change.mutate(
      { task, body: { place } },
      {
        onSuccess: () => setSaid(t('incident.movedTo', { place, total: open.length })),
        onError: refused,
      },
    );
  };
  return { move, said };
}

export function Tasks({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const may = useMay('incident.change') && OPEN_INCIDENT.includes(incident.status);
  const [editing, setEditing] = useState<Task | 'new'>();
  const open = incident.tasks.filter(({ status }) => status === 'open');
  const { move, said } = useMove(open);
  const placeOf = (task: Task): Place | undefined =>
    may && task.status === 'open' && open.length > 1
      ? {
          place: open.indexOf(task) + 1,
          total: open.length,
          onMove: (direction) => move(task, direction),
        }
      : undefined;
  return (
    <section data-testid="tasks">
      {may && (
        <div className="filters">
          <Button type="primary" onClick={() => setEditing('new')} data-testid="add-task">
            {t('incident.addTask')}
          </Button>
          {open.length > 1 && <span className="muted">{t('incident.moveHint')}</span>}
          <span className="sr-only" aria-live="polite" data-testid="moved">
            {said}
          </span>
        </div>
      )}
      {incident.tasks.length === 0 ? (
        <Empty title={t('incident.noTasks')} hint={t('incident.noTasksHint')} />
      ) : (
        <ul className="stack">
          {incident.tasks.map((task) => (
            <Row key={task.id} task={task} may={may} place={placeOf(task)} onEdit={() => setEditing(task)} />
          ))}
        </ul>
      )}
      {editing && (
        <TaskForm
          incident={incident}
          task={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </section>
  );
}
