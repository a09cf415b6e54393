// SPDX-License-Identifier: Apache-2.0
// What is to be done about it, by whom, until when.
import { Button, Checkbox, DatePicker, Form, Input, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type IncidentDetail,
  OPEN_INCIDENT,
  type Task,
  useAddTask,
  useAssignees,
  useChangeTask,
} from '../../api/incidents-queries';
import { useMay, useSession } from '../../api/queries';
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
  const { data: people } = useAssignees(true);
  const { data: session } = useSession();
  const add = useAddTask(incident.id);
  const change = useChangeTask();
  const refused = useRefused();
  const { done } = useDone();
  const save = ({ title, text = '', assignee = '', due }: Values) => {
    const body = { title: title.trim(), text, assignee, due: due ? due.toISOString() : null };
    const then = {
      onSuccess: () => {
        done(t('incident.changed'));
        onClose();
      },
      onError: refused,
    };
    if (task) change.mutate({ task, body }, then);
    else add.mutate(due ? body : { title: body.title, text, assignee }, then);
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
          <Select allowClear showSearch options={people?.items.map(({ name }) => ({ value: name, label: name }))} />
        </Form.Item>
        <Form.Item name="due" label={t('incident.taskDue')}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className="fill" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

interface RowProps {
  task: Task;
  may: boolean;
  onEdit: () => void;
}

function Row({ task, may, onEdit }: RowProps) {
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
  return (
    <li className={`panel task task-${task.status}`} data-testid={`task-${task.id}`}>
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
      {may && open && (
        <Button size="small" onClick={onEdit}>
          {t('incident.edit')}
        </Button>
      )}
      {may && open && (
        <Button size="small" onClick={() => set('dropped')}>
          {t('incident.drop')}
        </Button>
      )}
      {may && task.status === 'dropped' && (
        <Button size="small" onClick={() => set('open')}>
          {t('incident.line.task.open')}
        </Button>
      )}
    </li>
  );
}

export function Tasks({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const may = useMay('incident.change') && OPEN_INCIDENT.includes(incident.status);
  const [editing, setEditing] = useState<Task | 'new'>();
  return (
    <section data-testid="tasks">
      {may && (
        <div className="filters">
          <Button type="primary" onClick={() => setEditing('new')} data-testid="add-task">
            {t('incident.addTask')}
          </Button>
        </div>
      )}
      {incident.tasks.length === 0 ? (
        <Empty title={t('incident.noTasks')} hint={t('incident.noTasksHint')} />
      ) : (
        <ul className="stack">
          {incident.tasks.map((task) => (
            <Row key={task.id} task={task} may={may} onEdit={() => setEditing(task)} />
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
