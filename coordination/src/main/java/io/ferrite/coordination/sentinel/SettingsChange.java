package io.ferrite.coordination.sentinel;

import java.util.List;
import java.util.function.Consumer;

/** SENTINEL SET: changes how one master is watched. Options before a bad one stay changed. */
final class SettingsChange {

    private static final String DENIED =
            "ERR Reconfiguration of scripts path is denied for security reasons. Check the"
                    + " deny-scripts-reconfig configuration directive in your Sentinel"
                    + " configuration";

    private final Turn t;
    private final Input.Change order;
    private int at;

    private SettingsChange(Turn t, Input.Change order) {
        this.t = t;
        this.order = order;
    }

    static void apply(Turn t, Input.Change order) {
        if (t.master(order.name()) == null) {
            Orders.refuse(t, order.ticket(), Orders.NO_SUCH_MASTER);
        } else {
            new SettingsChange(t, order).run();
        }
    }

    private void run() {
        int changes = 0;
        while (at < order.words().size()) {
            int first = at;
            String refusal = option();
            if (refusal != null) {
                if (changes > 0) {
                    t.persist();
                }
                Orders.refuse(t, order.ticket(), refusal);
                return;
            }
            changes++;
            tellEvent(first);
        }
        Orders.saved(t, order.ticket());
    }

    private void tellEvent(int first) {
        List<String> words = order.words().subList(first, at);
        boolean secret = words.getFirst().equalsIgnoreCase("auth-pass");
        String shown = secret ? words.getFirst() + " ******" : String.join(" ", words);
        t.event(Severity.WARNING, "+set", Ref.master(order.name()), " " + shown);
    }

    /** Takes one option and its values; the refusal, or null. */
    private String option() {
        String option = order.words().get(at++);
        int more = order.words().size() - at;
        if (more == 0) {
            return unknown(option);
        }
        return switch (option.toLowerCase(java.util.Locale.ROOT)) {
            case "down-after-milliseconds" ->
                    number(option, 1, Long.MAX_VALUE, (s, n) -> s.downAfterMs = n);
            case "failover-timeout" ->
                    number(option, 1, Long.MAX_VALUE / 4, (s, n) -> s.failoverTimeoutMs = n);
            case "parallel-syncs" ->
                    number(option, 1, Integer.MAX_VALUE, (s, n) -> s.parallelSyncs = (int) n);
            case "quorum" -> number(option, 1, Integer.MAX_VALUE, (s, n) -> s.quorum = (int) n);
            case "master-reboot-down-after-period" ->
                    number(option, 0, Long.MAX_VALUE, (s, n) -> s.rebootDownAfterMs = n);
            case "notification-script" ->
                    script(
                            "ERR Notification script seems non existing or non executable",
                            (s, path) -> s.notificationScript = path);
            case "client-reconfig-script" ->
                    script(
                            "ERR Client reconfiguration script seems non existing or non"
                                    + " executable",
                            (s, path) -> s.reconfigScript = path);
            case "webhook" -> webhook(option);
            case "auth-pass" -> text((s, text) -> s.authPass = text);
            case "auth-user" -> text((s, text) -> s.authUser = text);
            case "protect-dataset" -> flag(option, (s, yes) -> s.protectDataset = yes);
            case "no-loss" -> flag(option, (s, yes) -> s.noLoss = yes);
            case "check-identity" -> flag(option, (s, yes) -> s.checkIdentity = yes);
            case "rename-command" -> more < 2 ? unknown(option) : rename(option);
            default -> unknown(option);
        };
    }

    private static String unknown(String option) {
        return "ERR Unknown option or number of arguments for SENTINEL SET '" + option + "'";
    }

    private static String invalid(String value, String option) {
        return "ERR Invalid argument '" + value + "' for SENTINEL SET '" + option + "'";
    }

    private interface NumberSetter {
        void set(MasterSettings.Editor settings, long number);
    }

    private interface TextSetter {
        void set(MasterSettings.Editor settings, String text);
    }

    private interface FlagSetter {
        void set(MasterSettings.Editor settings, boolean yes);
    }

    private String number(String option, long least, long most, NumberSetter setter) {
        String word = order.words().get(at++);
        Long number = Texts.wholeNumber(word);
        if (number == null || number < least || number > most) {
            return invalid(word, option);
        }
        change(settings -> setter.set(settings, number));
        return null;
    }

    private String text(TextSetter setter) {
        String word = order.words().get(at++);
        change(settings -> setter.set(settings, word));
        return null;
    }

    private String flag(String option, FlagSetter setter) {
        String word = order.words().get(at++);
        Boolean yes = Texts.yesNo(word);
        if (yes == null) {
            return invalid(word, option);
        }
        change(settings -> setter.set(settings, yes));
        return null;
    }

    private String script(String refusal, TextSetter setter) {
        String path = order.words().get(at++);
        if (t.global().denyScriptsReconfig()) {
            return DENIED;
        }
        if (!path.isEmpty() && order.unusable().contains(path)) {
            return refusal;
        }
        change(settings -> setter.set(settings, path));
        return null;
    }

    /** What reaches other machines is denied like what runs on this one. */
    private String webhook(String option) {
        String url = order.words().get(at++);
        if (t.global().denyScriptsReconfig()) {
            return DENIED;
        }
        if (!url.isEmpty() && !Texts.isWebAddress(url)) {
            return invalid(url, option);
        }
        change(settings -> settings.webhook = url);
        return null;
    }

    private String rename(String option) {
        String from = order.words().get(at++);
        String to = order.words().get(at++);
        if (from.isEmpty() || to.isEmpty()) {
            return invalid("", option);
        }
        change(settings -> {
            settings.forgetRename(from);
            if (!from.equalsIgnoreCase(to)) {
                settings.rename(from, to);
            }
        });
        return null;
    }

    private void change(Consumer<MasterSettings.Editor> how) {
        Master master = t.master(order.name());
        MasterSettings.Editor editor = master.settings().edit();
        how.accept(editor);
        t.put(master.withSettings(editor.build()));
        if (editor.changesAccess()) {
            Connections.dropServers(t, order.name());
        }
    }
}
