package io.ferrite.node.config;

import static io.ferrite.node.config.Row.row;

import io.ferrite.node.config.Choices.AclPubsubDefault;
import io.ferrite.node.config.Choices.OomScoreAdj;
import io.ferrite.node.config.Choices.ProtectedAction;
import io.ferrite.node.config.Choices.ShutdownChoice;
import io.ferrite.node.config.Choices.Supervision;
import io.ferrite.node.config.Choices.SyslogFacility;
import io.ferrite.node.log.LogLevel;
import java.util.List;
import java.util.Set;

/** Parameters of the process, its logs and statistics, access, and what fits nowhere else. */
public final class ServerOptions {
    private static final int INT_MAX = Integer.MAX_VALUE;
    private static final long MAX = Long.MAX_VALUE;

    public static final ListOption<String> DIR =
            row("dir", "working directory: relative paths start here")
                    .mark(Option.Mark.PROTECTED)
                    .mark(Option.Mark.DENY_LOADING)
                    .list(new Forms.Directory());
    public static final NumberOption DATABASES =
            row("databases", "number of databases").immutable().number(1, INT_MAX, 16);
    public static final NumberOption HZ =
            row("hz", "rounds of background work per second, 1 to 500").number(0, INT_MAX, 10);
    public static final FlagOption DYNAMIC_HZ =
            row("dynamic-hz", "more rounds with more clients")
                    .inert("background work adapts to what there is to do")
                    .flag(true);
    public static final TextOption REQUIREPASS =
            row("requirepass", "password that clients have to give")
                    .mark(Option.Mark.SENSITIVE)
                    .optionalText();
    public static final TextOption ACLFILE = row("aclfile", "file of users").immutable().text("");
    public static final NumberOption ACLLOG_MAX_LEN =
            row("acllog-max-len", "entries of the log of refusals").number(0, MAX, 128);
    public static final ChoiceOption<AclPubsubDefault> ACL_PUBSUB_DEFAULT =
            row("acl-pubsub-default", "channels a new user may use")
                    .choice(AclPubsubDefault.RESETCHANNELS);
    public static final ChoiceOption<ProtectedAction> ENABLE_PROTECTED_CONFIGS =
            row("enable-protected-configs", "who may change dir and file names at run time")
                    .immutable()
                    .choice(ProtectedAction.NO);
    public static final ChoiceOption<ProtectedAction> ENABLE_DEBUG_COMMAND =
            row("enable-debug-command", "who may use DEBUG").immutable().choice(ProtectedAction.NO);
    public static final ChoiceOption<ProtectedAction> ENABLE_MODULE_COMMAND =
            row("enable-module-command", "who may use MODULE")
                    .immutable()
                    .choice(ProtectedAction.NO);
    public static final FlagOption ENABLE_DEBUG_ASSERT =
            row("enable-debug-assert", "costly checks of structures, for tests")
                    .hidden()
                    .immutable()
                    .inert("checks that cost are switched on for the whole process")
                    .flag(false);

    public static final NumberOption SLOWLOG_LOG_SLOWER_THAN =
            row("slowlog-log-slower-than", "microseconds from which a command is logged; -1: none")
                    .alias("commandlog-execution-slower-than")
                    .number(-1, MAX, 10000);
    public static final NumberOption SLOWLOG_MAX_LEN =
            row("slowlog-max-len", "commands kept in the slow log")
                    .alias("commandlog-slow-execution-max-len")
                    .number(0, MAX, 128);
    public static final NumberOption COMMANDLOG_SLOW_MAGNITUDE_MAX_LEN =
            row("commandlog-slow-execution-magnitude-max-len", "slowest commands kept beside them")
                    .number(0, MAX, 32);
    public static final NumberOption COMMANDLOG_REQUEST_LARGER_THAN =
            row("commandlog-request-larger-than", "bytes from which a request is logged; -1: none")
                    .number(-1, MAX, 1 << 20);
    public static final NumberOption COMMANDLOG_LARGE_REQUEST_MAX_LEN =
            row("commandlog-large-request-max-len", "commands kept in the log of large requests")
                    .number(0, MAX, 128);
    public static final NumberOption COMMANDLOG_LARGE_REQUEST_MAGNITUDE_MAX_LEN =
            row("commandlog-large-request-magnitude-max-len", "largest ones kept beside them")
                    .number(0, MAX, 32);
    public static final NumberOption COMMANDLOG_REPLY_LARGER_THAN =
            row("commandlog-reply-larger-than", "bytes from which a reply is logged; -1: none")
                    .number(-1, MAX, 1 << 20);
    public static final NumberOption COMMANDLOG_LARGE_REPLY_MAX_LEN =
            row("commandlog-large-reply-max-len", "commands kept in the log of large replies")
                    .number(0, MAX, 128);
    public static final NumberOption COMMANDLOG_LARGE_REPLY_MAGNITUDE_MAX_LEN =
            row("commandlog-large-reply-magnitude-max-len", "largest ones kept beside them")
                    .number(0, MAX, 32);
    public static final NumberOption LATENCY_MONITOR_THRESHOLD =
            row("latency-monitor-threshold", "milliseconds from which an event counts; 0: off")
                    .number(0, MAX, 0);
    public static final FlagOption LATENCY_TRACKING =
            row("latency-tracking", "keep a distribution of times for every command").flag(true);
    public static final ListOption<List<Double>> LATENCY_TRACKING_INFO_PERCENTILES =
            row("latency-tracking-info-percentiles", "percentiles shown by INFO latencystats")
                    .mark(Option.Mark.MANY_WORDS)
                    .list(new Forms.Percentiles());
    public static final ListOption<Integer> NOTIFY_KEYSPACE_EVENTS =
            row("notify-keyspace-events", "events of keys to publish, one letter a class")
                    .list(new KeyspaceEvents.Form());
    public static final NumberOption TRACKING_TABLE_MAX_KEYS =
            row("tracking-table-max-keys", "keys remembered for client-side caching; 0: no limit")
                    .number(0, MAX, 1_000_000);
    public static final NumberOption BUSY_REPLY_THRESHOLD =
            row("busy-reply-threshold", "milliseconds after which a script makes the server busy")
                    .alias("lua-time-limit")
                    .number(0, MAX, 5000);
    public static final NumberOption SCRIPT_MEMORY_LIMIT =
            row("script-memory-limit", "bytes that one run of a script may take; 0: no limit")
                    .memory(0, Long.MAX_VALUE, 1L << 30);
    public static final TextOption LOCALE_COLLATE =
            row("locale-collate", "locale of string comparison in SORT ALPHA")
                    .inert("SORT compares bytes")
                    .text("");

    public static final ChoiceOption<LogLevel> LOGLEVEL =
            row("loglevel", "least important lines that are logged").choice(LogLevel.NOTICE);
    public static final TextOption LOGFILE =
            row("logfile", "file to append log lines to; empty for standard output")
                    .immutable()
                    .text("");
    public static final TextOption AUDIT_LOG_FILE =
            row(
                            "audit-log-file",
                            "file for logins, denials, commands of administration; docs/audit.md")
                    .mark(Option.Mark.PROTECTED)
                    .text("");
    public static final FlagOption SYSLOG_ENABLED =
            row("syslog-enabled", "send log lines to the system's log too").immutable().flag(false);
    public static final TextOption SYSLOG_IDENT =
            row("syslog-ident", "name in the system's log").immutable().text("redis");
    public static final ChoiceOption<SyslogFacility> SYSLOG_FACILITY =
            row("syslog-facility", "facility in the system's log")
                    .immutable()
                    .choice(SyslogFacility.LOCAL0);
    public static final FlagOption HIDE_USER_DATA_FROM_LOG =
            row("hide-user-data-from-log", "keep keys and values out of the log")
                    .inert("keys and values are never logged")
                    .flag(false);
    public static final FlagOption ALWAYS_SHOW_LOGO =
            row("always-show-logo", "show the banner when the log is no terminal too")
                    .immutable()
                    .flag(false);
    public static final FlagOption SET_PROC_TITLE =
            row("set-proc-title", "change the process title").immutable().flag(true);
    public static final TextOption PROC_TITLE_TEMPLATE =
            row("proc-title-template", "process title, with {variables}")
                    .check(Validity::procTitleTemplate)
                    .text("{title} {listen-addr} {server-mode}");
    public static final FlagOption DAEMONIZE =
            row("daemonize", "go to the background").immutable().flag(false);
    public static final ChoiceOption<Supervision> SUPERVISED =
            row("supervised", "how to tell a service manager that the server is ready")
                    .immutable()
                    .choice(Supervision.NO);
    public static final TextOption PIDFILE =
            row("pidfile", "file to write the process id to").immutable().optionalText();
    public static final NumberOption SHUTDOWN_TIMEOUT =
            row("shutdown-timeout", "seconds to wait for lagging followers at the end")
                    .number(0, INT_MAX, 10);
    public static final ChoiceSetOption<ShutdownChoice> SHUTDOWN_ON_SIGINT =
            row("shutdown-on-sigint", "how to end on SIGINT")
                    .choices(ShutdownChoice.class, ShutdownChoice.DEFAULT);
    public static final ChoiceSetOption<ShutdownChoice> SHUTDOWN_ON_SIGTERM =
            row("shutdown-on-sigterm", "how to end on SIGTERM")
                    .choices(ShutdownChoice.class, ShutdownChoice.DEFAULT);
    public static final ChoiceOption<OomScoreAdj> OOM_SCORE_ADJ =
            row("oom-score-adj", "tell the kernel whom to kill first").choice(OomScoreAdj.NO);
    public static final ListOption<List<Integer>> OOM_SCORE_ADJ_VALUES =
            row("oom-score-adj-values", "scores of leader, follower and child")
                    .mark(Option.Mark.MANY_WORDS)
                    .list(new Forms.OomScoreAdjValues());
    public static final FlagOption HUGE_PAGES =
            row("huge-pages", "new data asks for pages of 2 MiB, which not every kernel gives")
                    .flag(true);
    public static final FlagOption DISABLE_THP =
            row("disable-thp", "switch transparent huge pages off for the process")
                    .immutable()
                    .inert(Inert.NO_FORK)
                    .flag(true);
    public static final FlagOption CRASH_LOG_ENABLED =
            row("crash-log-enabled", "write a report when the process crashes").flag(true);
    public static final FlagOption CRASH_MEMCHECK_ENABLED =
            row("crash-memcheck-enabled", "test the memory after a crash")
                    .inert(Inert.JVM)
                    .flag(true);
    public static final FlagOption USE_EXIT_ON_PANIC =
            row("use-exit-on-panic", "exit instead of abort on an internal error")
                    .hidden()
                    .inert(Inert.JVM)
                    .flag(false);
    public static final NumberOption WATCHDOG_PERIOD =
            row("watchdog-period", "milliseconds after which a stuck loop is reported")
                    .hidden()
                    .inert("the software watchdog is not built")
                    .number(0, INT_MAX, 0);
    public static final TextOption IGNORE_WARNINGS =
            row("ignore-warnings", "start-up warnings to keep quiet")
                    .inert("no such warning exists here")
                    .text("");
    public static final TextOption SERVER_CPULIST = cpulist("server-cpulist", "server_cpulist");
    public static final TextOption BIO_CPULIST = cpulist("bio-cpulist", "bio_cpulist");
    public static final TextOption AOF_REWRITE_CPULIST =
            cpulist("aof-rewrite-cpulist", "aof_rewrite_cpulist");
    public static final TextOption BGSAVE_CPULIST = cpulist("bgsave-cpulist", "bgsave_cpulist");

    private ServerOptions() {}

    private static TextOption cpulist(String name, String alias) {
        return row(name, "processors to run on")
                .alias(alias)
                .immutable()
                .inert("threads are not pinned to processors")
                .optionalText();
    }

    /** The choice sets of both signals, for those who handle either. */
    public static Set<ShutdownChoice> shutdownChoices(Settings settings, boolean interrupt) {
        return settings.get(interrupt ? SHUTDOWN_ON_SIGINT : SHUTDOWN_ON_SIGTERM);
    }

    static List<Option<?>> rows() {
        return List.of(
                DIR,
                DATABASES,
                HZ,
                DYNAMIC_HZ,
                REQUIREPASS,
                ACLFILE,
                ACLLOG_MAX_LEN,
                ACL_PUBSUB_DEFAULT,
                ENABLE_PROTECTED_CONFIGS,
                ENABLE_DEBUG_COMMAND,
                ENABLE_MODULE_COMMAND,
                ENABLE_DEBUG_ASSERT,
                SLOWLOG_LOG_SLOWER_THAN,
                SLOWLOG_MAX_LEN,
                COMMANDLOG_SLOW_MAGNITUDE_MAX_LEN,
                COMMANDLOG_REQUEST_LARGER_THAN,
                COMMANDLOG_LARGE_REQUEST_MAX_LEN,
                COMMANDLOG_LARGE_REQUEST_MAGNITUDE_MAX_LEN,
                COMMANDLOG_REPLY_LARGER_THAN,
                COMMANDLOG_LARGE_REPLY_MAX_LEN,
                COMMANDLOG_LARGE_REPLY_MAGNITUDE_MAX_LEN,
                LATENCY_MONITOR_THRESHOLD,
                LATENCY_TRACKING,
                LATENCY_TRACKING_INFO_PERCENTILES,
                NOTIFY_KEYSPACE_EVENTS,
                TRACKING_TABLE_MAX_KEYS,
                BUSY_REPLY_THRESHOLD,
                SCRIPT_MEMORY_LIMIT,
                LOCALE_COLLATE,
                LOGLEVEL,
                LOGFILE,
                AUDIT_LOG_FILE,
                SYSLOG_ENABLED,
                SYSLOG_IDENT,
                SYSLOG_FACILITY,
                HIDE_USER_DATA_FROM_LOG,
                ALWAYS_SHOW_LOGO,
                SET_PROC_TITLE,
                PROC_TITLE_TEMPLATE,
                DAEMONIZE,
                SUPERVISED,
                PIDFILE,
                SHUTDOWN_TIMEOUT,
                SHUTDOWN_ON_SIGINT,
                SHUTDOWN_ON_SIGTERM,
                OOM_SCORE_ADJ,
                OOM_SCORE_ADJ_VALUES,
                HUGE_PAGES,
                DISABLE_THP,
                CRASH_LOG_ENABLED,
                CRASH_MEMCHECK_ENABLED,
                USE_EXIT_ON_PANIC,
                WATCHDOG_PERIOD,
                IGNORE_WARNINGS,
                SERVER_CPULIST,
                BIO_CPULIST,
                AOF_REWRITE_CPULIST,
                BGSAVE_CPULIST);
    }
}
