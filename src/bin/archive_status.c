/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/archive_status.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "custody/heads.h"
#include "journal/archive.h"

#define PACE_SPAN (7 * CLOCK_DAY)

struct sums {
	struct archive_status *status;
	int64_t now, pace_since; /* of the segments of the last week */
	uint64_t pace_bytes;
};

static int add_segment(void *context, const struct journal_segment_info *info)
{
	struct sums *sums = context;
	struct archive_status *status = sums->status;

	status->segments++;
	if (info->state != JOURNAL_SEALED && info->state != JOURNAL_DELETED)
		return 0;
	status->sealed_segments++;
	status->sealed_bytes += info->bytes;
	status->sealed_seq = info->last_seq;
	if (info->state == JOURNAL_DELETED)
		return 0;
	if (!status->oldest || info->received_min < status->oldest)
		status->oldest = info->received_min;
	if (info->received_max > sums->now - PACE_SPAN) {
		sums->pace_bytes += info->bytes;
		if (!sums->pace_since || info->received_min < sums->pace_since)
			sums->pace_since = info->received_min;
	}
	return 0;
}

static double forecast(const struct sums *sums, const struct disk_space *disk, long critical)
{
	double room = (double)disk->total / 100 * (double)critical - (double)disk->used;
	int64_t span = sums->now - sums->pace_since;

	if (!sums->pace_bytes || span < CLOCK_HOUR)
		return -1;
	return room <= 0 ? 0 : room / ((double)sums->pace_bytes / ((double)span / CLOCK_DAY));
}

void archive_status_read(const struct config *config, struct arena *arena, struct archive_status *ret_status)
{
	const char *journal = config_path(config, arena, "journal");
	const struct journal_key *key = NULL;
	struct sums sums = {.status = ret_status, .now = clock_now()};

	*ret_status = (struct archive_status){
		.encrypted = config->journal_key_file[0] || config->journal_passphrase_file[0],
	};
	if (config_journal_key(config, arena, false, &key, NULL) < 0)
		key = NULL; /* what is in headers does not need it */
	journal_segments(journal, key, add_segment, &sums, NULL);
	ret_status->has_head =
		heads_newest(config_path(config, arena, "journal/sealed"), &ret_status->head) == 0;
	disk_read(journal, &ret_status->disk);
	ret_status->days_left = forecast(&sums, &ret_status->disk, config->retention_disk_critical);
}

void archive_status_print(const struct archive_status *status)
{
	char time[CLOCK_TEXT_SIZE] = "";

	if (status->sealed_seq)
		printf("sealed    up to record %" PRIu64 ": %" PRIu64 " of %" PRIu64 " segments, %.1f MB\n",
		       status->sealed_seq, status->sealed_segments, status->segments,
		       (double)status->sealed_bytes / 1e6);
	else
		printf("sealed    nothing yet\n");
	if (status->has_head)
		printf("head      %" PRIu64 " records, signed %.0f s ago\n", status->head.size,
		       (double)(clock_now() - status->head.time) / CLOCK_SECOND);
	else
		printf("head      none has been signed\n");
	clock_format(status->oldest, time);
	if (status->oldest)
		printf("kept      since %.10s\n", time);
	printf("disk      %u percent full", disk_percent(&status->disk));
	if (status->days_left >= 0)
		printf(", critical in %.0f days at the pace of the last week", status->days_left);
	printf("\nencrypted %s\n", status->encrypted ? "yes" : "no");
}

void archive_status_print_json(const struct archive_status *status)
{
	char time[CLOCK_TEXT_SIZE];

	printf("{\"segments\":%" PRIu64 ",\"sealed_segments\":%" PRIu64 ",\"sealed_bytes\":%" PRIu64
	       ",\"sealed_seq\":%" PRIu64 ",\"disk_percent\":%u,\"encrypted\":%s",
	       status->segments, status->sealed_segments, status->sealed_bytes, status->sealed_seq,
	       disk_percent(&status->disk), status->encrypted ? "true" : "false");
	if (status->days_left >= 0)
		printf(",\"days_left\":%.1f", status->days_left);
	clock_format(status->oldest, time);
	if (status->oldest)
		printf(",\"oldest\":\"%s\"", time);
	clock_format(status->head.time, time);
	if (status->has_head)
		printf(",\"head\":{\"size\":%" PRIu64 ",\"seq\":%" PRIu64 ",\"time\":\"%s\"}",
		       status->head.size, status->head.seq, time);
	printf("}");
}
