/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sensor process: packets of network interfaces, whose sockets the supervisor opened, become records that
 * it hands to collect. It may neither open a socket of that kind itself nor reach the network. While collect
 * cannot take records the ring fills, and the kernel drops packets and counts them; that is told.
 */
#include <inttypes.h>
#include <poll.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/process.h"
#include "bin/record_link.h"
#include "bin/sayer.h"
#include "event/listener.h"
#include "sensor/capture.h"

#define MIB (1024u * 1024)
#define BLOCKS_A_TURN 8                /* of a ring, before the next one has its turn */
#define PAUSE_MS 250                   /* without packets */
#define BEHIND CLOCK_SECOND            /* packets that the kernel still holds may be so old */
#define FLUSH_BYTES (512u * 1024)      /* of records, or… */
#define FLUSH_EVERY (CLOCK_SECOND / 2) /* … */
#define REPORT_EVERY CLOCK_MINUTE

struct line {
	char name[CAPTURE_NAME_SIZE];
	struct capture *capture;
	struct sensor *sensor;
	struct sensor_stats told; /* as last reported */
	int64_t reported;
};

struct sensing {
	struct process *process;
	struct record_link *link;
	struct sayer *sayer;
	struct line lines[PROCESS_INTERFACES_MAX];
	struct pollfd polls[PROCESS_INTERFACES_MAX];
	size_t count, bytes; /* of records not flushed */
	int64_t flushed;
	int status; /* of the link: the first that went wrong */
};

static void emit(void *context, int64_t time, struct str record)
{
	struct sensing *sensing = context;

	(void)time;
	if (sensing->status == 0)
		sensing->status = record_link_add_from(sensing->link, LISTENER_SENSOR, STR("sensor"), record);
	sensing->bytes += record.len;
}

static int flush(struct sensing *sensing)
{
	if (sensing->status == 0)
		sensing->status = record_link_flush(sensing->link);
	sensing->bytes = 0;
	sensing->flushed = clock_monotonic();
	return sensing->status;
}

/* --- what goes wrong ------------------------------------------------------------------------------------ */

static void report_dropped(struct sensing *sensing, struct line *line, int64_t now)
{
	int64_t seconds = (now - line->reported) / CLOCK_SECOND;
	uint64_t received, dropped;
	struct buf members = {0};

	if (capture_counts(line->capture, &received, &dropped) < 0 || !dropped)
		return;
	buf_printf(&members,
		   "\"listener\":\"%s\",\"interface\":\"%s\",\"dropped\":%" PRIu64 ",\"received\":%" PRIu64
		   ",\"seconds\":%" PRId64,
		   listener_name(LISTENER_SENSOR), line->name, dropped, received, seconds);
	sayer_say(sensing->sayer, "collect.dropped", "warning", buf_str(&members),
		  "%" PRIu64 " of %" PRIu64
		  " packets of %s were lost before we could read them: more arrive than "
		  "this machine takes",
		  dropped, received, line->name);
	buf_done(&members);
}

static void report_limits(struct line *line)
{
	struct sensor_stats stats;

	sensor_stats(line->sensor, &stats);
	if (stats.evicted > line->told.evicted || stats.streams_refused > line->told.streams_refused ||
	    stats.dns_evicted > line->told.dns_evicted)
		log_warning("%s: more than we have room for: %" PRIu64 " flows and %" PRIu64
			    " queries told of early, %" PRIu64 " streams not looked into",
			    line->name, stats.evicted - line->told.evicted,
			    stats.dns_evicted - line->told.dns_evicted,
			    stats.streams_refused - line->told.streams_refused);
	line->told = stats;
}

static void report(struct sensing *sensing, bool last)
{
	int64_t now = clock_monotonic();

	sayer_retry(sensing->sayer);
	for (size_t i = 0; i < sensing->count; i++) {
		struct line *line = &sensing->lines[i];

		if (!last && now - line->reported < REPORT_EVERY)
			continue;
		report_dropped(sensing, line, now);
		report_limits(line);
		line->reported = now;
	}
}

static void say_end(const struct sensing *sensing)
{
	for (size_t i = 0; i < sensing->count; i++) {
		struct sensor_stats stats;

		sensor_stats(sensing->lines[i].sensor, &stats);
		log_info("%s: %" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64 " flows, %" PRIu64
			 " records; %" PRIu64 " malformed, %" PRIu64 " fragments, %" PRIu64 " not IP",
			 sensing->lines[i].name, stats.packets, stats.bytes, stats.flows, stats.records,
			 stats.malformed, stats.fragments, stats.unknown);
	}
}

/* --- running -------------------------------------------------------------------------------------------- */

static int open_line(struct sensing *sensing, int fd, struct err *ret_err)
{
	struct line *line = &sensing->lines[sensing->count];
	const struct sensor_options options = {.interface = line->name};
	int r = capture_name(fd, line->name);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "an interface of sensor.interfaces: %s", err_text(r));
	r = capture_new(fd, (size_t)sensing->process->config.sensor_ring * MIB, &line->capture, ret_err);
	if (r < 0)
		return r;
	line->sensor = sensor_new(&options, emit, sensing);
	line->reported = clock_monotonic();
	sensing->polls[sensing->count] = (struct pollfd){.fd = fd, .events = POLLIN};
	sensing->count++;
	return 0;
}

static int open_lines(struct sensing *sensing, struct err *ret_err)
{
	int r = 0;

	for (int i = SOCKET_SENSOR; i <= SOCKET_SENSOR_LAST && r == 0; i++)
		if (sensing->process->sockets[i] >= 0)
			r = open_line(sensing, sensing->process->sockets[i], ret_err);
	return r;
}

static void wait_for_packets(struct sensing *sensing)
{
	if (poll(sensing->polls, sensing->count, PAUSE_MS) <= 0)
		return;
	for (size_t i = 0; i < sensing->count; i++)
		if (sensing->polls[i].revents & POLLERR)
			log_warning("%s: %s", sensing->lines[i].name,
				    err_text(capture_error(sensing->lines[i].capture)));
}

static int listen_on(struct sensing *sensing)
{
	while (sensing->status == 0 && !process_wait_stop(0)) {
		unsigned blocks = 0;

		for (size_t i = 0; i < sensing->count; i++)
			blocks += capture_read(sensing->lines[i].capture, sensing->lines[i].sensor,
					       BLOCKS_A_TURN);
		if (!blocks) {
			wait_for_packets(sensing);
			for (size_t i = 0; i < sensing->count; i++)
				sensor_tick(sensing->lines[i].sensor, clock_now() - BEHIND);
		}
		if (sensing->bytes >= FLUSH_BYTES ||
		    (sensing->bytes && clock_monotonic() - sensing->flushed >= FLUSH_EVERY))
			flush(sensing);
		report(sensing, false);
	}
	for (size_t i = 0; i < sensing->count && sensing->status == 0; i++) {
		/* What the ring holds already, once around. */
		capture_read(sensing->lines[i].capture, sensing->lines[i].sensor,
			     (unsigned)sensing->process->config.sensor_ring);
		sensor_finish(sensing->lines[i].sensor);
	}
	return flush(sensing);
}

static void close_lines(struct sensing *sensing)
{
	for (size_t i = 0; i < sensing->count; i++) {
		sensor_free(sensing->lines[i].sensor);
		capture_free(sensing->lines[i].capture);
	}
}

static int run(struct process *process)
{
	const char *socket = config_path(&process->config, process->arena, "run/collect.sock");
	struct sensing sensing = {.process = process, .flushed = clock_monotonic()};
	struct err err = {0};
	int r = open_lines(&sensing, &err);

	if (r == 0 && (r = record_link_open(socket, &sensing.link)) < 0)
		err_set(&err, r, 0, 0, "the sensor cannot reach the collector: %s", err_text(r));
	if (r == 0) {
		sensing.sayer = sayer_new(socket);
		process_ready(process);
		r = listen_on(&sensing);
		if (r < 0)
			err_set(&err, r, 0, 0, "the collector takes no records: %s", err_text(r));
		report(&sensing, true);
		say_end(&sensing);
		sayer_free(sensing.sayer);
	}
	record_link_close(sensing.link);
	close_lines(&sensing);
	return r < 0 ? process_failed(&err) : EXIT_OK;
}

static bool is_wanted(const struct config *config)
{
	return config->sensor_interfaces[0];
}

#define SENSOR_SOCKETS (((1u << PROCESS_INTERFACES_MAX) - 1) << SOCKET_SENSOR)

const struct process_def process_sensor = {
	.name = "sensor",
	.folders = {{0}},
	.sockets = SENSOR_SOCKETS,
	.reads = {"run"},
	.wanted = is_wanted,
	.run = run,
};
