/* SPDX-License-Identifier: Apache-2.0 */
/* The core process: the business database, the alerts that analyze sends, the console and its API. */
#include <malloc.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/alert_link.h"
#include "bin/core_reports.h"
#include "bin/core_rectification.h"
#include "bin/core_sources.h"
#include "bin/core_work.h"
#include "calendar/calendar.h"
#include "bin/directory_link.h"
#include "bin/notice_pool.h"
#include "bin/outbox_link.h"
#include "bin/pipeline_state.h"
#include "bin/process.h"
#include "bin/retention_config.h"
#include "bin/store_options.h"
#include "bin/trail_link.h"
#include "cases/case_rules.h"
#include "coverage/acknowledgement.h"
#include "ipc/server.h"
#include "rules/library.h"
#include "rules/rule_costs.h"
#include "access/user.h"
#include "web/house.h"
#include "web/web.h"

#define MAPS_FOLDER "maps"       /* below the data folder: maps in the place of ours (doc/formats/maps.md) */
#define DOCUMENT_PIECE (1 << 20) /* bytes: what is larger goes back to the kernel at once */
#define AUDIT_PATIENCE (4 * CLOCK_SECOND) /* for the journal to have it; then the request is refused */

/* The first administrator's password is said once, to the person who started us, and kept nowhere. */
static int make_first_user(struct process *process, struct db *db, struct err *ret_err)
{
	char password[PASSWORD_GENERATED_SIZE];
	int r = user_add_first(db, clock_now(), password, ret_err);

	if (r == 1) {
		process_note(
			process,
			"  First sign-in: user admin, password %s (shown once; you will choose a new one)",
			password);
		process_note(process,
			     "  admin keeps accounts: add a security administrator to work with alerts, "
			     "and an audit administrator to watch, there or with 'wanglou user add'");
	}
	return r < 0 ? r : 0;
}

/* What the parts of this process share. */
struct core {
	struct db *db;
	struct pipeline_state *state;
	struct notice_pool *notices;
	struct case_rules *cases; /* NULL: they could not be read */
	const struct calendar *calendar;
	const struct rectification_office *office; /* NULL: no policy could be read */
	struct rule_library *rules;
	uid_t analyze, directory; /* whose messages are taken */
};

static int audit(void *context, const struct web_notice *notice)
{
	const struct notice_audit copy = {
		.action = notice->action,
		.user = notice->user,
		.role = notice->role,
		.address = notice->address,
		.via = notice->via,
		.object = notice->object,
		.outcome = notice->outcome,
		.detail = notice->detail,
	};

	return notice_pool_audit(context, &copy, AUDIT_PATIENCE);
}

/* From analyze, and people from directory, as the kernel says. */
static int receive(void *context, uid_t user, enum ipc_type type, struct str payload, uint64_t *ret_value,
		   struct err *ret_err)
{
	struct core *core = context;

	if (type == IPC_PEOPLE)
		return user == core->directory || user == getuid()
			       ? directory_link_receive(core->db, payload, ret_err)
			       : ERR_PROTOCOL;
	if (user != core->analyze && user != getuid())
		return ERR_PROTOCOL;
	if (type == IPC_COVERAGE)
		return ledger_apply(core->db, payload, ret_value);
	if (type == IPC_SILENCE)
		return acknowledgement_ask(core->db, payload, clock_now(), ret_value);
	if (type == IPC_TRAIL)
		return trail_link_receive(core->db, payload);
	(void)ret_err;
	return alert_link_receive(core->db, core->cases, type, payload);
}

/* Without them alerts are still taken, each as an incident of its own: better than none. */
static void load_cases(struct process *process, struct core *core)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	struct err err = {0};
	int64_t zone = 0;

	config_zone(&process->config, &zone, &err); /* analyze refuses to start with a wrong one */
	err = (struct err){0};
	if (case_rules_load(process->config.content, zone, &core->cases, &err) == 0)
		return;
	err_format(&err, text, sizeof(text));
	log_error("%s; until this is put right every alert opens an incident of its own", text);
}

/* A small table of content/; who shows its names or checks against it does without. */
static void report_table(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	(void)context;
	err_format(err, text, sizeof(text));
	log_error("%s; until this is put right the console does without what is said there", text);
}

static struct rule_library *open_rules(struct process *process)
{
	const struct rules_paths paths = {
		.own = arena_printf(process->arena, "%s/detections", process->config.content).ptr,
		.folder = config_path(&process->config, process->arena, "rules"),
	};

	return rule_library_new(&paths, process->config.content, report_table, NULL);
}

/* NULL, said in the log, where it cannot be read: then Monday to Friday are working days. */
static const struct calendar *read_calendar(struct process *process)
{
	const char *folder =
		arena_printf(process->arena, "%s/" COMPLIANCE_FOLDER, process->config.content).ptr;
	const char *own = config_path(&process->config, process->arena, COMPLIANCE_FOLDER);
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	struct calendar *calendar = NULL;
	struct err err = {0};

	if (calendar_load(folder, own, process->arena, &calendar, &err) == 0)
		return calendar;
	err_format(&err, text, sizeof(text));
	log_error("%s; until this is put right Monday to Friday are taken for working days", text);
	return NULL;
}

struct listing {
	struct arena *arena;
	struct web_setting *settings;
	size_t count;
};

static const char *shown(struct arena *arena, const char *value)
{
	struct buf text = {0};
	const char *copy;

	config_add_shown(str_from(value), &text);
	copy = arena_copy(arena, buf_str(&text)).ptr;
	buf_done(&text);
	return copy;
}

static void list_setting(void *context, const struct config_setting *setting)
{
	struct listing *listing = context;

	listing->settings[listing->count++] = (struct web_setting){
		.name = setting->name,
		.value = shown(listing->arena, setting->value),
		.fallback = shown(listing->arena, setting->fallback),
		.about = setting->about,
		.line = setting->line,
	};
}

/* How the house is kept. NULL, said in the log, where the policy cannot be read; archive refuses to start. */
static const struct web_house *read_house(struct process *process, const struct calendar *calendar)
{
	const struct config *config = &process->config;
	struct arena *arena = process->arena;
	struct retention_policy *policy = arena_alloc(arena, sizeof(*policy));
	struct web_house *house = arena_alloc(arena, sizeof(*house));
	struct listing listing = {arena, arena_array(arena, struct web_setting, CONFIG_SETTING_COUNT), 0};
	struct err err = {0};

	config_settings(config, list_setting, &listing);
	if (retention_policy_load(config, arena, policy, &err) < 0) {
		log_error("the retention policy cannot be shown: %s", err.message);
		return NULL;
	}
	*house = (struct web_house){
		.settings = listing.settings,
		.setting_count = listing.count,
		.settings_read = clock_now(),
		.data = config->data,
		.content = config->content,
		.ui = config->ui,
		.retention = policy,
		.overrides = config_path(config, arena, OVERRIDES_FILE),
		.settings_file = config_path(config, arena, "wanglou.yaml"),
		.classes_file = retention_classes_file(config, arena),
		.calendar = calendar,
		.escalation_file = arena_printf(arena, "%s/duty/escalation.yaml", config->content).ptr,
		.disk_high = (unsigned)config->retention_disk_high,
		.encrypted = config->journal_key_file[0] || config->journal_passphrase_file[0],
	};
	return house;
}

static int start_web(struct process *process, const struct core *core, struct web **ret_web,
		     struct err *ret_err)
{
	struct store_options store = {0};
	struct web_options options = {
		.listen_fds = &process->sockets[SOCKET_CONSOLE],
		.listen_count = 1,
		.data = config_path(&process->config, process->arena, "core"),
		.tls_certificate = process->config.certificate[0] ? process->config.certificate : NULL,
		.tls_key = process->config.private_key[0] ? process->config.private_key : NULL,
		.ui = process->config.ui,
		.inside = process->config.enrich_inside,
		.journal = config_path(&process->config, process->arena, "journal"),
		.journal_key = process->journal_key,
		.compliance =
			arena_printf(process->arena, "%s/" COMPLIANCE_FOLDER, process->config.content).ptr,
		.compliance_own = config_path(&process->config, process->arena, COMPLIANCE_FOLDER),
		.maps = config_path(&process->config, process->arena, MAPS_FOLDER),
		.version = WANGLOU_VERSION,
		.db = core->db,
		.cases = core->cases,
		.office = core->office,
		.rules = core->rules,
		.rule_costs = config_path(&process->config, process->arena, RULE_COSTS_FILE),
		.hunts = config_path(&process->config, process->arena, HUNTS_FOLDER),
		.unpacked = config_path(&process->config, process->arena, UNPACKED_FOLDER),
		.content = process->config.content,
		.channels = config_path(&process->config, process->arena, CHANNELS_FILE),
		.house = read_house(process, core->calendar),
		.pipeline = pipeline_state_read,
		.pipeline_context = core->state,
		.audit = audit,
		.audit_context = core->notices,
	};
	int r = store_options_make(&process->config, process->arena, &store, ret_err);

	core_sources_options(process, &options);
	if (r == 0)
		r = config_zone(&process->config, &options.zone, ret_err);
	if (r == 0 && factor_rule_parse(str_from(process->config.second_factor), &options.second_factor) < 0)
		r = err_set(ret_err, ERR_UNKNOWN, 0, 0,
			    "access.second_factor is administrators, all or none, not '%s'",
			    process->config.second_factor);
	options.store_url = store.url;
	options.store_user = store.user;
	options.store_password = store.password;
	options.store_database = store.database;
	return r < 0 ? r : web_start(&options, ret_web, ret_err);
}

/* What is due now and then, until we are told to stop. */
static void serve(struct process *process, const struct core *core)
{
	struct core_context context = {
		.process = process,
		.db = core->db,
		.retention = process->config.retention_days * CLOCK_DAY,
		.collect_socket = config_path(&process->config, process->arena, "run/collect.sock"),
		.calendar = core->calendar,
		.office = core->office,
	};
	struct core_work *work = core_work_new(&context);
	struct err err = {0};

	config_zone(&process->config, &context.zone, &err); /* analyze refuses to start with a wrong one */
	do
		core_work_run(work, clock_monotonic());
	while (!process_wait_stop(CORE_WORK_EVERY));
	core_work_free(work);
}

/* NULL where nothing is configured that could send. */
static struct outbox_link *start_outbox(struct process *process, const struct core *core)
{
	const struct config *config = &process->config;

	if (!process_notify.wanted(config))
		return NULL;
	return outbox_link_start(core->db, config_path(config, process->arena, "run/notify.sock"),
				 config_path(config, process->arena, CHANNELS_FILE));
}

static int run(struct process *process)
{
	struct core core = {
		.state = pipeline_state_new(
			config_path(&process->config, process->arena, "run/processes.json"),
			config_path(&process->config, process->arena, "cursor/analyze")),
		.notices = notice_pool_new(config_path(&process->config, process->arena, "run/collect.sock")),
		.analyze = sandbox_user("analyze"),
		.directory = sandbox_user("directory"),
	};
	struct ipc_server *messages = NULL;
	struct outbox_link *outbox = NULL;
	struct web *web = NULL;
	struct err err = {0};
	int r;

	/* Else malloc learns from the first PDF's fonts to keep tens of MiB for each worker. */
	mallopt(M_MMAP_THRESHOLD, DOCUMENT_PIECE);
	r = web_open_database(config_path(&process->config, process->arena, "core"), &core.db, &err);

	if (r == 0)
		r = make_first_user(process, core.db, &err);
	if (r == 0)
		load_cases(process, &core);
	core.calendar = read_calendar(process);
	core.office = core_rectification_office(process, core.calendar);
	core.rules = open_rules(process);
	if (r == 0)
		r = start_web(process, &core, &web, &err);
	if (r == 0 && (r = ipc_server_start(process->sockets[SOCKET_CORE], receive, &core, &messages)) < 0)
		err_set(&err, r, 0, 0, "the socket of analyze: %s", err_text(r));
	if (r == 0) {
		outbox = start_outbox(process, &core);
		process_ready(process);
		serve(process, &core);
		outbox_link_stop(outbox);
		ipc_server_stop(messages);
	}
	if (web)
		web_stop(web);
	db_close(core.db);
	notice_pool_free(core.notices);
	case_rules_free(core.cases);
	rule_library_free(core.rules);
	pipeline_state_free(core.state);
	return r < 0 ? process_failed(&err) : EXIT_OK;
}

const struct process_def process_core = {
	.name = "core",
	.folders = {{"core", 0750}, {"register", 0750}, {"rules", 0750}, {MAPS_FOLDER, 0755}},
	.sockets = 1u << SOCKET_CONSOLE | 1u << SOCKET_CORE | 1u << SOCKET_JOURNAL_KEY,
	.uses_store = true,
	.reads = {"run", "journal", "cursor", "notify", COMPLIANCE_FOLDER, HUNTS_FOLDER, UNPACKED_FOLDER},
	.run = run,
};
