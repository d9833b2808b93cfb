package io.ferrite.resp;

import java.util.List;

/** Well-formed streams, each of whole requests or whole replies. */
final class RequestSamples {

    static final List<String> ALL =
            List.of(
                    "*1\r\n$4\r\nPING\r\n",
                    "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*3\r\n$3\r\nSET\r\n$0\r\n\r\n$2\r\nvv\r\n",
                    "*12\r\n" + "$10\r\n0123456789\r\n".repeat(12),
                    "*2\r\n$4\r\nECHO\r\n$150\r\n" + "x".repeat(150) + "\r\n",
                    "*2\r\n$4\r\nECHO\r\n$8\r\n\r\n*1\r\n$4\r\n",
                    "PING\r\n*1\r\n$4\r\nPING\r\nECHO a\n",
                    "\r\n*0\r\n*-1\r\n*-10\r\n\n  \r\nPING\r\n",
                    "SET \"a b\" 'c\\'d' e\"f\" \"\\x41\\n\\\"\" \"\"\r\nGET x\r\n");

    static final List<String> REPLIES =
            List.of(
                    "+OK\r\n",
                    "-ERR no such key\r\n",
                    ":1000\r\n",
                    "$5\r\nhello\r\n$-1\r\n",
                    "*3\r\n$1\r\na\r\n*-1\r\n*2\r\n:1\r\n_\r\n",
                    "%2\r\n+a\r\n#t\r\n+b\r\n,1.5e-9\r\n",
                    "~2\r\n(12345678901234567890\r\n=7\r\ntxt:abc\r\n",
                    ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n",
                    "|1\r\n+ttl\r\n:3\r\n!5\r\nERR x\r\n");

    private RequestSamples() {}
}
