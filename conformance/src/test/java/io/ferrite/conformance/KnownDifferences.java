package io.ferrite.conformance;

import java.util.List;
import java.util.function.Predicate;

/**
 * Where the two servers differ on purpose, with the reason. Everything else that differs is a
 * fault.
 */
final class KnownDifferences {

    /** One command and both answers. */
    record Exchange(List<String> command, Reply reference, Reply ours) {

        String name() {
            return command.get(0);
        }
    }

    private record Difference(String reason, Predicate<Exchange> applies) {}

    private static final List<Difference> ALL =
            List.of(
                    new Difference(
                            "a cursor is an unsigned number since 7.2; 7.0 took signs, blanks and"
                                    + " nothing at all",
                            e ->
                                    e.name().equals("SCAN")
                                            && e.ours().isError()
                                            && e.ours().text().equals("ERR invalid cursor")),
                    new Difference(
                            "counts of references are the reference's affair: small integers are"
                                    + " shared, but not copies; arguments of a transaction count",
                            e ->
                                    e.name().equals("OBJECT")
                                            && e.reference().isInteger()
                                            && e.ours().isInteger()),
                    new Difference(
                            "a small list is one listpack since 7.2; 7.0 had quicklists only",
                            e ->
                                    e.name().equals("OBJECT")
                                            && "quicklist".equals(e.reference().text())
                                            && "listpack".equals(e.ours().text())),
                    new Difference(
                            "a small set of texts is a listpack since 7.2; 7.0 had tables only",
                            e ->
                                    e.name().equals("OBJECT")
                                            && "hashtable".equals(e.reference().text())
                                            && ("listpack".equals(e.ours().text())
                                                    || "intset".equals(e.ours().text()))),
                    new Difference(
                            "the reference turns a small sorted set into a skip list to sort it",
                            e ->
                                    e.name().equals("OBJECT")
                                            && "skiplist".equals(e.reference().text())
                                            && "listpack".equals(e.ours().text())),
                    new Difference(
                            "who waits for a stream is not served with an entry that was trimmed at"
                                    + " once since 7.2; 7.0 answered without any entry",
                            e ->
                                    e.name().equals("XREAD")
                                            && !e.ours().isAggregate()
                                            && !e.ours().isError()
                                            && e.reference().isAggregate()
                                            && e.reference().items().stream()
                                                    .allMatch(KnownDifferences::hasNoEntry)),
                    new Difference(
                            "a timeout beyond all bounds is out of range since 7.2; 7.0 took it for"
                                    + " a negative one",
                            e ->
                                    e.reference().isError()
                                            && e.ours().isError()
                                            && e.reference()
                                                    .text()
                                                    .equals("ERR timeout is negative")
                                            && e.ours()
                                                    .text()
                                                    .equals("ERR timeout is out of range")),
                    new Difference(
                            "the lowest number is no rank and no count since 7.2",
                            e ->
                                    e.ours().isError()
                                            && e.ours()
                                                    .text()
                                                    .startsWith(
                                                            "ERR value is out of range, value must"
                                                                + " between -922337203685477580")),
                    new Difference(
                            "the reference takes a number for one out of range if the last one was:"
                                    + " it does not clear errno",
                            e ->
                                    e.name().startsWith("SORT")
                                            && e.reference().isError()
                                            && e.reference()
                                                    .text()
                                                    .startsWith("ERR One or more scores")
                                            && !e.ours().isError()),
                    new Difference(
                            "members of a set that are equal in what they are sorted by come in the"
                                    + " set's order, which is anybody's",
                            e ->
                                    e.name().startsWith("SORT")
                                            && e.command().contains("BY")
                                            && e.reference().sorted().equals(e.ours().sorted())),
                    new Difference(
                            "what is unbalanced is called by its name since 7.2",
                            e ->
                                    e.name().startsWith("XREAD")
                                            && e.reference().isError()
                                            && e.reference()
                                                    .text()
                                                    .startsWith("ERR Unbalanced XREAD list")
                                            && e.ours().text().startsWith("ERR Unbalanced 'xread")),
                    new Difference(
                            "an unknown command's arguments are shown alike, but a NUL ends them in"
                                    + " the reference",
                            e ->
                                    e.reference().isError()
                                            && e.ours().isError()
                                            && e.ours().text().startsWith("ERR unknown command")));

    private KnownDifferences() {}

    /**
     * The keys that must be gone before a command which may put what others wait for in the place
     * of a value of another type: the reference leaves them waiting then, for as long as the key is
     * there.
     */
    static List<String> toBeGoneBefore(List<String> command, List<String> waiting) {
        String name = command.get(0);
        boolean stores =
                name.endsWith("STORE") || name.startsWith("GEORADIUS") || name.equals("SORT");
        return command.stream()
                .skip(1)
                .filter(word -> stores && waiting.contains(word))
                .distinct()
                .toList();
    }

    /**
     * Effects without the making of consumers that the reference has not made: since 7.2 XREADGROUP
     * makes one also where there is nothing to read, and with NOACK passes that on.
     */
    static List<String> withoutEarlyConsumers(List<String> effects, List<String> reference) {
        return effects.stream()
                .filter(effect ->
                        !effect.contains(":XGROUP CREATECONSUMER ") || reference.contains(effect))
                .toList();
    }

    private static boolean hasNoEntry(Reply stream) {
        return stream.items().size() == 2 && stream.items().get(1).items().isEmpty();
    }

    static boolean explain(Exchange exchange) {
        return ALL.stream().anyMatch(difference -> difference.applies().test(exchange));
    }
}
