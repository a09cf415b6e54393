/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou eval: events of files against rules, without a data folder. */
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "bin/command.h"
#include "bin/content.h"
#include "bin/evaluation.h"
#include "bin/file_walk.h"
#include "bin/import_formats.h"
#include "bin/rule_files.h"
#include "collect/reader.h"

#define REPEAT_MAX 1000000

struct job {
	const struct command *command;
	struct arguments *arguments;
	struct rule_files rules;
	struct source_set *sources;
	struct evaluation *evaluation; /* while files are read */
	struct case_rules *cases;      /* where alerts are grouped, */
	struct eval_incidents *incidents;
	struct arena *paths; /* of the files, until the evaluation has ended */
	long threads, repeat;
	double load_seconds;
	int64_t own_bytes; /* when all events were read */
	int status;
};

static double seconds_since(int64_t start)
{
	return (double)(clock_monotonic() - start) / (double)CLOCK_SECOND;
}

/* Goes on after what cannot be read, and remembers that. */
static void note_failure(void *context, const struct err *err)
{
	struct job *job = context;

	job->status = command_failed_err(job->command, err);
}

static int run_file(void *context, const char *path)
{
	struct job *job = context;
	const char *name = arena_copy(job->paths, str_from(path)).ptr;
	struct reader *reader;
	struct err err = {0};
	int r;

	if (reader_open(path, EVENT_RAW_MAX, import_formats, &reader, &err) < 0) {
		note_failure(job, &err);
		return 0;
	}
	for (;;) {
		struct reader_record record;

		err = (struct err){0};
		r = reader_next(reader, &record, &err);
		if (r == ERR_END)
			break;
		if (r < 0)
			note_failure(job, &err);
		else
			evaluation_add(job->evaluation, &(struct evaluation_record){record.bytes, record.line,
										    name, record.member});
	}
	reader_close(reader);
	return 0;
}

static void run_files(struct job *job)
{
	const struct file_walk walk = {run_file, note_failure, job};
	const char *path;
	size_t cursor = 0;
	bool any = false;

	for (long i = 0; i < job->repeat; i++, cursor = 0)
		while ((path = argument_next(job->arguments, NULL, &cursor))) {
			any = true;
			file_walk(&walk, path);
		}
	if (!any)
		run_file(job, "-");
}

/* Memory that no other process shares, as programs and libraries are; 0 where the kernel does not say. */
static int64_t own_bytes(void)
{
	static const struct str name = STR("RssAnon:");
	struct buf status = {0};
	struct str rest, line;
	int64_t kib = 0;

	io_read_file("/proc/self/status", 65536, &status);
	rest = buf_str(&status);
	while (!kib && str_split(&rest, '\n', &line))
		if (str_starts(line, name)) {
			line = str_trim(str_from_offset(line, name.len));
			str_to_i64(str_head(line, str_find_char(line, ' ')), &kib);
		}
	buf_done(&status);
	return kib * 1024;
}

/* What a run took by the clock, and of the processors: the same on a machine with nothing else to do. */
struct timing {
	int64_t started, cpu_started;
	double seconds, cpu_seconds;
};

static int64_t cpu_time(void)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) == 0);
	return ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

static struct timing timing_start(void)
{
	return (struct timing){.started = clock_monotonic(), .cpu_started = cpu_time()};
}

static void timing_stop(struct timing *timing)
{
	timing->seconds = seconds_since(timing->started);
	timing->cpu_seconds = (double)(cpu_time() - timing->cpu_started) / (double)CLOCK_SECOND;
}

static void print_stats(const struct job *job, const struct evaluation_totals *totals,
			const struct timing *timing)
{
	double events = (double)totals->events;
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	fprintf(stderr,
		"{\"events\":%llu,\"matches\":%llu,\"rules_loaded\":%zu,\"rules_refused\":%zu,"
		"\"files_cached\":%zu,\"load_seconds\":%.6f,\"eval_seconds\":%.6f,\"cpu_seconds\":%.6f,"
		"\"events_per_second\":%.0f,"
		"\"candidates_mean\":%.3f,\"candidates_p95\":%llu,\"rss_bytes\":%lld,\"own_bytes\":%lld}\n",
		(unsigned long long)totals->events, (unsigned long long)totals->matches,
		ruleset_count(job->rules.set), job->rules.refused, ruleset_cached_files(job->rules.set),
		job->load_seconds, timing->seconds, timing->cpu_seconds,
		timing->seconds > 0 ? events / timing->seconds : 0,
		totals->events ? (double)totals->candidates / events : 0,
		(unsigned long long)totals->candidates_p95, (long long)usage.ru_maxrss * 1024,
		(long long)job->own_bytes);
}

static void report_incidents(struct job *job)
{
	int r = eval_incidents_report(job->incidents, stdout);

	if (r < 0)
		job->status = command_failed(job->command, "the incidents: %s", err_text(r));
}

static void evaluate(struct job *job)
{
	const struct evaluation_options options = {
		.threads = (unsigned)job->threads,
		.straight = argument_flag(job->arguments, "straight"),
		.out = argument_flag(job->arguments, "quiet") || job->incidents ? NULL : stdout,
		.incidents = job->incidents,
	};
	struct timing timing = timing_start();
	struct evaluation_totals totals;

	job->evaluation = evaluation_new(job->sources, job->rules.set, &options);
	job->paths = arena_new(0);
	run_files(job);
	job->own_bytes = own_bytes();
	totals = evaluation_end(job->evaluation);
	timing_stop(&timing);
	if (job->incidents)
		report_incidents(job);
	arena_free(job->paths);
	if (argument_flag(job->arguments, "stats"))
		print_stats(job, &totals, &timing);
	if (totals.exceeded)
		fprintf(stderr, "wanglou eval: %llu searches of regular expressions were cut short\n",
			(unsigned long long)totals.exceeded);
}

/* Where alerts are to be grouped. */
static int load_cases(struct job *job)
{
	struct err err = {0};

	if (!argument_flag(job->arguments, "incidents"))
		return EXIT_OK;
	if (case_rules_load(content_folder(job->arguments), 0, &job->cases, &err) < 0 ||
	    eval_incidents_new(job->rules.set, job->cases, &job->incidents, &err) < 0)
		return command_failed_err(job->command, &err);
	return EXIT_OK;
}

/* EXIT_OK, or what went wrong. */
static int load(struct job *job)
{
	int64_t start = clock_monotonic();
	size_t cursor = 0;
	const char *path;
	int status = rule_files_placeholders(job->command, job->arguments, &job->rules);

	ruleset_without_texts(job->rules.builder);
	if (status == EXIT_OK)
		rule_files_cache(job->command, job->arguments, &job->rules);
	while (status == EXIT_OK && (path = argument_next(job->arguments, "rules", &cursor)))
		status = rule_files_add(job->command, &job->rules, path);
	if (status == EXIT_OK && !job->rules.paths)
		status = usage_error(job->command, "no rules: say --rules PATH");
	rule_files_build(&job->rules, argument_flag(job->arguments, "all-rules"));
	job->load_seconds = seconds_since(start);
	if (status == EXIT_OK)
		status = content_load_sources(job->command, job->arguments, &job->sources);
	if (status == EXIT_OK)
		status = load_cases(job);
	return status;
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct job job = {.command = command, .arguments = arguments, .status = EXIT_OK};

	if (argument_integer(arguments, "threads", 1, 1, EVALUATION_THREADS_MAX, &job.threads) < 0 ||
	    argument_integer(arguments, "repeat", 1, 1, REPEAT_MAX, &job.repeat) < 0)
		return EXIT_USAGE;
	rule_files_init(&job.rules, NULL, NULL);
	job.status = load(&job);
	if (job.status == EXIT_OK)
		evaluate(&job);
	eval_incidents_free(job.incidents);
	case_rules_free(job.cases);
	rule_files_done(&job.rules);
	source_set_free(job.sources);
	return job.status;
}

const struct command cmd_eval = {
	.name = "eval",
	.summary = "match the events of files against rules",
	.usage = "--rules PATH [--rules PATH …] [--all-rules] [--threads N] [--stats] [--quiet] "
		 "[FILE|FOLDER…|-]",
	.details =
		"Reads events, one a line (JSON or log text; gzip, zstd and archives too), or JSON documents "
		"one\n"
		"behind the other, or Windows event files (EVTX), and prints one JSON line per match; of a "
		"folder\n"
		"it reads all files below. An event's own product, category and service, else the "
		"recognised\n"
		"source, decide which rules it is held against.",
	.options =
		(const struct option_def[]){
			{"rules", "PATH", "a rule file or a folder of them; may be given again"},
			{"all-rules", NULL, "hold every event against every rule, whatever its log source"},
			{"threads", "N", "worker threads (default 1)"},
			{"stats", NULL, "one JSON line about the run on standard error"},
			RULE_CACHE_OPTION,
			{"incidents", NULL,
			 "group the alerts of all files as one stream: a line for each incident and file"},
			{"quiet", NULL, "count the matches, print none"},
			{"repeat", "N", "read the files N times, to measure (default 1)"},
			{"straight", NULL, "evaluate every rule without the index: slow, the measure of it"},
			{"expand", "NAME=VALUE", "a value for %NAME% in rules; may be given again"},
			CONTENT_OPTION,
			{0},
		},
	.run = run,
};
