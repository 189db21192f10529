<?php

use Google\Protobuf\Internal\Message;
use Google\Rpc\ErrorInfo;

/** Calls streakd by Connect's protocol: a POST with a message, and an answer with a message. It needs no more than curl. */
final class Streakd
{
    /**
     * @param string $url where streakd serves, such as https://streaks.example.com
     * @param int $timeoutMs the deadline of every call, in milliseconds
     * @param string[] $headers further headers, such as 'X-Admin-Token: …'
     */
    public function __construct(
        private readonly string $url,
        private readonly int $timeoutMs = 10_000,
        private readonly array $headers = [],
    ) {
    }

    /**
     * Calls a method, such as streak.v1.StreakService/RecordEvent, and fills $response with the answer.
     *
     * @template T of Message
     * @param T $response
     * @return T
     * @throws StreakdError
     */
    public function call(string $method, Message $request, Message $response): Message
    {
        $curl = curl_init("$this->url/$method");
        curl_setopt_array($curl, [
            CURLOPT_POSTFIELDS => $request->serializeToString(),
            CURLOPT_HTTPHEADER => [
                'Content-Type: application/proto',
                'Connect-Protocol-Version: 1',
                "Connect-Timeout-Ms: $this->timeoutMs",
                ...$this->headers,
            ],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT_MS => $this->timeoutMs,
        ]);
        $body = curl_exec($curl);
        if (curl_errno($curl) === CURLE_OPERATION_TIMEDOUT) {
            throw new StreakdError('deadline_exceeded', '', 'the deadline is over');
        }
        if ($body === false) {
            throw new StreakdError('unavailable', '', curl_error($curl));
        }
        if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
            throw StreakdError::of($body);
        }
        $response->mergeFromString($body);
        return $response;
    }
}

/** What a call has failed with. */
final class StreakdError extends Exception
{
    /**
     * @param string $status the code of Connect, such as invalid_argument
     * @param string $reason the reason of streakd, such as INVALID_WIDGET_KIND
     */
    public function __construct(public readonly string $status, public readonly string $reason, string $message)
    {
        parent::__construct($message);
    }

    /** Reads the body of an error, which is JSON. Its details are messages as base64. */
    public static function of(string $body): self
    {
        $error = json_decode($body, true) ?? [];
        $info = new ErrorInfo();
        foreach ($error['details'] ?? [] as $detail) {
            if ($detail['type'] === 'google.rpc.ErrorInfo') {
                $info->mergeFromString(base64_decode($detail['value']));
            }
        }
        return new self($error['code'] ?? 'unknown', $info->getReason(), $error['message'] ?? $body);
    }
}
