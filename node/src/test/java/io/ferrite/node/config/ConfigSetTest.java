package io.ferrite.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.ConfigService.Caller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CONFIG SET and GET, the same pairs given to a real server where there is one. */
final class ConfigSetTest {
    private static final Caller ANYBODY = new Caller(false, false);

    private final Loading loading = new Loading();
    private final ConfigService service =
            new ConfigService(loading.settings, loading.files, loading.log, "");

    @TempDir Path directory;

    private String set(String... pairs) {
        return service.set(List.of(pairs), ANYBODY).orElse("OK");
    }

    private String get(String name) {
        return service.get(List.of(name)).get(name);
    }

    /** Pairs whose answer and outcome are the same as with a real server. */
    static final List<List<String>> PAIRS =
            List.of(
                    List.of("hz", "10", "timeout"),
                    List.of("hz", "10", "hz", "11"),
                    List.of("slave-priority", "1", "replica-priority", "2"),
                    List.of("slave-priority", "x"),
                    List.of("SLAVE-PRIORITY", "x"),
                    List.of("Hz", "10", "nosuch", "1", "databases", "3"),
                    List.of("no\nsuch", "1"),
                    List.of("DATABASES", "3", "nosuch", "1"),
                    List.of("unixsocketperm", "777"),
                    List.of("dir", "/nonexist"),
                    List.of("dbfilename", "x"),
                    List.of("maxmemory", "-1"),
                    List.of("maxmemory", "1"),
                    List.of("maxmemory", ""),
                    List.of("maxmemory", "kb"),
                    List.of("maxmemory", "99999999999999999999999"),
                    List.of("maxmemory", "99999999999gb"),
                    List.of("maxmemory", "0"),
                    List.of("maxmemory-clients", "5%"),
                    List.of("maxmemory-clients", "1g"),
                    List.of("maxmemory-clients", "101%"),
                    List.of("maxmemory-clients", "-5"),
                    List.of("maxmemory-clients", "%"),
                    List.of("maxmemory-clients", "0"),
                    List.of("maxclients", "0"),
                    List.of("maxclients", "4294967296"),
                    List.of("maxclients", "9999999999999999999999"),
                    List.of("timeout", "-0"),
                    List.of("timeout", "+7"),
                    List.of("timeout", " 7"),
                    List.of("timeout", "7"),
                    List.of("slowlog-log-slower-than", "-1"),
                    List.of("slowlog-log-slower-than", "-2"),
                    List.of("slowlog-log-slower-than", "9223372036854775807"),
                    List.of("slowlog-log-slower-than", "9223372036854775808"),
                    List.of("list-max-listpack-size", "-5"),
                    List.of("save", "60 1 x"),
                    List.of("save", "60 "),
                    List.of("save", " 60 1"),
                    List.of("save", "60  1"),
                    List.of("save", "a b"),
                    List.of("save", "0 1"),
                    List.of("save", "60 1 30 2"),
                    List.of("save", ""),
                    List.of("notify-keyspace-events", "KEAn"),
                    List.of("notify-keyspace-events", "KEAnm"),
                    List.of("notify-keyspace-events", "g$lshzxetdKE"),
                    List.of("notify-keyspace-events", "ngKxm"),
                    List.of("notify-keyspace-events", "q"),
                    List.of("notify-keyspace-events", ""),
                    List.of("latency-tracking-info-percentiles", "50 99.95 100 0.001"),
                    List.of("latency-tracking-info-percentiles", "1e1"),
                    List.of("latency-tracking-info-percentiles", ""),
                    List.of("latency-tracking-info-percentiles", "50  99"),
                    List.of("client-output-buffer-limit", "normal 1"),
                    List.of("client-output-buffer-limit", "master 1 1 1"),
                    List.of("client-output-buffer-limit", "slave 1 1 -1"),
                    List.of("client-output-buffer-limit", "replica 1kb 1 1 Normal 1 2 3"),
                    List.of("client-output-buffer-limit", ""),
                    List.of("shutdown-on-sigint", "save force"),
                    List.of("shutdown-on-sigint", "force save"),
                    List.of("shutdown-on-sigint", "save nosave"),
                    List.of("shutdown-on-sigint", ""),
                    List.of("shutdown-on-sigint", "default now"),
                    List.of("shutdown-on-sigint", "default"),
                    List.of("proc-title-template", " "),
                    List.of("proc-title-template", "{port} {{x"),
                    List.of("proc-title-template", "{config-file}"),
                    List.of("cluster-announce-hostname", "a_b"),
                    List.of("cluster-announce-hostname", "a.b-c"),
                    List.of("cluster-announce-hostname", ""),
                    List.of("appendfsync", "never"),
                    List.of("appendfsync", "ALWAYS"),
                    List.of("maxmemory-policy", "LRU"),
                    List.of("masterauth", "\u00ff\u0001"),
                    List.of("requirepass", ""),
                    List.of("repl-backlog-size", "0"),
                    List.of("repl-backlog-size", "1m"),
                    List.of("hz", "0"),
                    List.of("hz", "1000"),
                    List.of("hz", "10", "timeout", "99", "save", "x"),
                    List.of("timeout", "3", "tcp-keepalive", "4", "tcp-keepalive", "5"));

    @Test
    void pairs_areAnsweredAndLeaveBehind_whatARealServerDoes() throws Exception {
        RealServer.assumePresent();
        String[] options = {"--save", "3600 1 300 100 60 10000"};
        try (RealServer real = RealServer.start(directory, options)) {
            for (List<String> pairs : PAIRS) {
                List<String> words = new ArrayList<>(List.of("CONFIG", "SET"));
                words.addAll(pairs);
                String reply = real.run(words.toArray(String[]::new)).getFirst();
                String ours = set(pairs.toArray(String[]::new));
                assertThat(ours).as("CONFIG SET %s", pairs).isEqualTo(reply.substring(1));
                for (int i = 0; i < pairs.size(); i += 2) {
                    List<String> value = real.run("CONFIG", "GET", pairs.get(i));
                    assertThat(ours(pairs.get(i))).as("after %s", pairs).isEqualTo(value);
                }
            }
        }
    }

    private List<String> ours(String name) {
        List<String> flat = new ArrayList<>();
        service.get(List.of(name)).forEach((key, value) -> flat.addAll(List.of(key, value)));
        if (name.equals("dir")) {
            flat.set(1, directory.toString());
        }
        if (name.equals("unixsocketperm")) {
            flat.set(1, "0");
        }
        return flat;
    }

    @Test
    void oneBadPair_leavesAllValuesAsTheyWere() {
        assertThat(set("timeout", "99", "hz", "20", "save", "x")).contains("'save'");
        assertThat(List.of(get("timeout"), get("hz"))).containsExactly("0", "10");
    }

    @Test
    void listener_hearsOnceOfAllItsParameters_andOnlyOfChanges() {
        List<String> heard = new ArrayList<>();
        loading.settings.onChange(
                now -> heard.add(now.render(NetworkOptions.PORT)),
                NetworkOptions.PORT,
                NetworkOptions.BIND);

        set("port", "1", "bind", "1.2.3.4");
        set("port", "1", "timeout", "7");

        assertThat(heard).containsExactly("1");
    }

    @Test
    void listenerThatRefuses_getsTheOldValuesBack_andTheClientItsReason() {
        List<Long> heard = new ArrayList<>();
        loading.settings.onChange(
                now -> {
                    heard.add(now.get(NetworkOptions.PORT));
                    if (now.get(NetworkOptions.PORT) == 22) {
                        throw new ConfigRefusal(
                                "Unable to listen on this port. Check server logs.");
                    }
                },
                NetworkOptions.PORT);

        assertThat(set("timeout", "5", "port", "22"))
                .isEqualTo(
                        "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to"
                                + " listen on this port. Check server logs.");
        assertThat(heard).containsExactly(22L, 6379L);
        assertThat(get("timeout")).isEqualTo("0");
        assertThat(loading.logged)
                .containsExactly(
                        "WARNING Failed applying new configuration. Possibly related to new port"
                                + " setting. Restoring previous settings.");
    }

    @Test
    void fileNamedAgain_isAnnouncedAlthoughItsNameIsTheSame() {
        List<String> heard = new ArrayList<>();
        loading.settings.onChange(
                now -> heard.add(now.get(TlsOptions.TLS_CERT_FILE)), TlsOptions.TLS_CERT_FILE);

        set("tls-cert-file", "a");
        set("tls-cert-file", "a");

        assertThat(heard).containsExactly("a", "a");
    }

    @Test
    void protectedParameter_needsPermission() {
        Caller local = new Caller(true, false);
        List<String> pair = List.of("dbfilename", "x.rdb");

        assertThat(service.set(pair, local)).get().asString().contains("protected config");
        loading.settings.put(ServerOptions.ENABLE_PROTECTED_CONFIGS, Choices.ProtectedAction.LOCAL);
        assertThat(service.set(pair, ANYBODY)).get().asString().contains("protected config");
        assertThat(service.set(pair, local)).isEmpty();
    }

    @Test
    void whileLoading_someParametersCannotBeSet() {
        loading.settings.put(ServerOptions.ENABLE_PROTECTED_CONFIGS, Choices.ProtectedAction.YES);

        assertThat(service.set(List.of("dir", "/data"), new Caller(true, true)))
                .contains("LOADING Redis is loading the dataset in memory");
        assertThat(service.set(List.of("dir", "/data"), new Caller(true, false))).isEmpty();
        assertThat(get("dir")).isEqualTo("/data");
    }

    @Test
    void inertParameter_isKept_andALineSaysThatItDoesNothing() {
        assertThat(set("watchdog-period", "100")).isEqualTo("OK");

        assertThat(get("watchdog-period")).isEqualTo("100");
        assertThat(loading.logged)
                .containsExactly(
                        "WARNING The parameter 'watchdog-period' has no effect: the software"
                                + " watchdog is not built");
        set("watchdog-period", "0");
        assertThat(loading.logged).hasSize(1);
    }

    @Test
    void plainName_isShownAsAsked_andFoundOnce() {
        assertThat(service.get(List.of("PORT", "port", "nosuch"))).containsOnlyKeys("PORT");
    }

    @Test
    void pattern_findsNamesAndAliases_butNothingHidden() {
        assertThat(service.get(List.of("HASH-MAX-*s")).keySet())
                .containsExactlyInAnyOrder("hash-max-listpack-entries", "hash-max-ziplist-entries");
        assertThat(service.get(List.of("watchdog*"))).isEmpty();
        assertThat(service.get(List.of("watchdog-period"))).hasSize(1);
        assertThat(service.get(List.of("*")).keySet()).contains("slaveof", "replicaof");
    }

    @Test
    void passwords_areSecretWords() {
        assertThat(ConfigService.secretWords(List.of("hz", "1", "RequirePass", "x", "masterauth")))
                .isEqualTo(Set.of(3));
    }

    @Test
    void everyParameterOfARealServer_hasTheSameDefaultHere() throws Exception {
        RealServer.assumePresent();
        // The first is ours by intention; the others depend on how and where it was started.
        List<String> different =
                Arrays.asList("io-threads", "port", "unixsocket", "dir", "maxclients");
        try (RealServer real = RealServer.start(directory)) {
            List<String> all = real.run("CONFIG", "GET", "*");
            assertThat(all.size()).isGreaterThan(300);
            for (int i = 0; i < all.size(); i += 2) {
                String name = all.get(i);
                assertThat(get(name)).as(name).isNotNull();
                if (!different.contains(name)) {
                    assertThat(get(name)).as(name).isEqualTo(all.get(i + 1));
                }
            }
        }
    }
}
