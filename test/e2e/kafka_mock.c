/* SPDX-License-Identifier: Apache-2.0 */
/* librdkafka's mock of a Kafka cluster on ports of 127.0.0.1: prints its brokers, serves until standard input
 * ends. */
#include <stdio.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

int main(int argc, char **argv)
{
	char why[256], byte;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *client;
	rd_kafka_mock_cluster_t *cluster;

	rd_kafka_conf_set(conf, "log_level", "0", why, sizeof(why));
	client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	cluster = client ? rd_kafka_mock_cluster_new(client, 1) : NULL;
	if (!cluster) {
		fprintf(stderr, "no mock of a cluster: %s\n", why);
		return 1;
	}
	for (int i = 1; i < argc; i++)
		rd_kafka_mock_topic_create(cluster, argv[i], 2, 1);
	printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(client);
	return 0;
}
