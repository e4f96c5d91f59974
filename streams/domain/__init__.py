"""The logic of the stages, without Kafka, Faust, ClickHouse or HTTP: rooms in the order of the flow.

text, ontology, geo, event_type, extract, mentions, dedupe, linking, alerting: each imports only those before it.
"""
