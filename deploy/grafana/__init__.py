"""Dashboards for Grafana: panels as data here, Grafana's JSON beside them."""
